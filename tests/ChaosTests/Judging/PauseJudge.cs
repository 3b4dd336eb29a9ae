using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Judging;

/// <summary>
/// Judges how long sessions waited. A message's delay runs from its first sending, so a stalled publish counts as well; it is put down
/// to the last fault in whose window it was sent, unless an earlier one that may take longer can still be felt then. Of each session and fault
/// the longest delay is one sample.
/// </summary>
sealed class PauseJudge
{
    /// <summary>What was sent just before a fault can be held up by it.</summary>
    static readonly TimeSpan Before = TimeSpan.FromSeconds(1);

    readonly Book _book;
    readonly CheckerOptions _options;
    readonly Fault[] _faults;

    public PauseJudge(Book book, CheckerOptions options)
    {
        _book = book;
        _options = options;
        _faults = [.. book.Transcript.Faults.OrderBy(fault => fault.At)];
    }

    public IReadOnlyList<PauseResult> Judge(List<Violation> violations)
    {
        var samples = _book.Transcript.Sessions.SelectMany(Samples).ToLookup(sample => sample.Kind, sample => sample.Pause);
        var results = new List<PauseResult> { Summarize("none", 0, samples[null], _options.QuietP99) };
        foreach (var kind in _faults.GroupBy(fault => fault.Kind).OrderBy(group => group.Key))
        {
            TimeSpan? bound = _options.PauseP99.TryGetValue(kind.Key, out var limit) ? limit : null;
            results.Add(Summarize($"{kind.Key}", kind.Count(), samples[kind.Key], bound));
        }
        foreach (var result in results)
            Compare(result, violations);
        return results;
    }

    void Compare(PauseResult result, List<Violation> violations)
    {
        if (result.P99 > result.Bound)
            violations.Add(new Violation(
                Rule.Pause, TimeSpan.Zero, null,
                $"p99 of pauses, fault {result.Name}: {result.P99.TotalSeconds:0.00} s; the bound is {result.Bound.Value.TotalSeconds:0.00} s"));
        if (result.Longest > _options.LongestPause)
            violations.Add(new Violation(
                Rule.Pause, TimeSpan.Zero, null,
                $"longest pause, fault {result.Name}: {result.Longest.TotalSeconds:0.00} s; the bound is {_options.LongestPause.TotalSeconds:0.00} s"));
    }

    IEnumerable<(FaultKind? Kind, TimeSpan Pause)> Samples(SessionRecord session)
    {
        var quiet = TimeSpan.MinValue;
        var longest = new Dictionary<int, TimeSpan>();
        var seen = new HashSet<MessageKey>();
        foreach (var receipt in session.Receipts)
        {
            if (_book.Find(receipt.Key) is not { } publication || publication.Sent < session.Subscribed || !seen.Add(receipt.Key))
                continue;
            var pause = receipt.At - publication.Sent;
            if (FaultAt(publication.Sent) is { } fault)
                longest[fault] = Longer(pause, longest.GetValueOrDefault(fault));
            else
                quiet = Longer(pause, quiet);
        }
        var samples = longest.Select(pair => ((FaultKind?)_faults[pair.Key].Kind, pair.Value));
        return quiet < TimeSpan.Zero ? samples : samples.Append((null, quiet));
    }

    /// <summary>The number of the fault that explains what was sent at a moment.</summary>
    int? FaultAt(TimeSpan moment)
    {
        if (LastAt(moment) is not { } last)
            return null;
        var explains = last;
        for (var earlier = last - 1; earlier >= 0; earlier--)
        {
            if (moment <= FeltUntil(_faults[earlier]) && BoundOf(_faults[earlier]) > BoundOf(_faults[explains]))
                explains = earlier;
        }
        return explains;
    }

    TimeSpan BoundOf(Fault fault) => _options.PauseP99.TryGetValue(fault.Kind, out var bound) ? bound : TimeSpan.MaxValue;

    /// <summary>How long a fault can hold up what is sent: until it ends, and until what may come of it has passed.</summary>
    TimeSpan FeltUntil(Fault fault)
    {
        if (!_options.PauseP99.TryGetValue(fault.Kind, out var bound))
            return fault.Until + _options.FeltAfter;
        return Longer(fault.Until, fault.At + bound);
    }

    /// <summary>The number of the last fault that began before, or just after, a moment.</summary>
    int? LastAt(TimeSpan moment)
    {
        var (low, high) = (0, _faults.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_faults[middle].At - Before <= moment)
                low = middle + 1;
            else
                high = middle;
        }
        return low > 0 && moment <= _faults[low - 1].Until + _options.FaultWindow ? low - 1 : null;
    }

    static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    static PauseResult Summarize(string name, int faults, IEnumerable<TimeSpan> pauses, TimeSpan? bound)
    {
        var sorted = pauses.Order().ToArray();
        TimeSpan At(double part) => sorted.Length == 0 ? TimeSpan.Zero : sorted[(int)Math.Ceiling(part * sorted.Length) - 1];
        return new PauseResult(name, faults, sorted.Length, At(0.5), At(0.99), At(1), bound);
    }
}
