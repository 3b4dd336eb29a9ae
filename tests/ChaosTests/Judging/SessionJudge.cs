using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Judging;

/// <summary>Judges what one session received.</summary>
sealed class SessionJudge
{
    readonly SessionRecord _session;
    readonly Book _book;
    readonly Excuses _excuses;
    readonly Dictionary<MessageKey, int> _copies = [];
    readonly Dictionary<string, Receipt> _latest = [];

    SessionJudge(SessionRecord session, Book book, CheckerOptions options)
    {
        _session = session;
        _book = book;
        _excuses = new Excuses(session, book.Transcript.Faults, options);
    }

    public SessionRecord Session => _session;

    public List<Violation> Violations { get; } = [];

    public int Expected { get; private set; }

    public int Missing { get; private set; }

    public int InCut { get; private set; }

    public int AfterCrash { get; private set; }

    /// <summary>The message it waited for longest; null if it received none of its own.</summary>
    public Delay? Slowest { get; private set; }

    public int Count(Rule rule) => Violations.Count(violation => violation.Rule == rule);

    public static SessionJudge Judge(SessionRecord session, Book book, CheckerOptions options)
    {
        var judge = new SessionJudge(session, book, options);
        foreach (var receipt in session.Receipts)
            judge.Receive(receipt);
        judge.LookForMissing();
        judge.ReadNotices();
        return judge;
    }

    void Receive(Receipt receipt)
    {
        if (_book.Find(receipt.Key) is not { } publication || !_session.Patterns.Any(pattern => Pattern.Matches(pattern, receipt.Key.Channel)))
        {
            Break(Rule.Unexplained, receipt.At, $"{receipt.Key} arrived, which it did not subscribe to or nobody published");
            return;
        }
        var copies = _copies[receipt.Key] = _copies.GetValueOrDefault(receipt.Key) + 1;
        if (copies > Math.Max(1, _book.OffsetsOf(receipt.Key).Count))
            Repeated(receipt);
        else if (copies == 1)
            First(receipt, publication);
    }

    /// <summary>A repetition is not disorder: it is judged as a double only.</summary>
    void Repeated(Receipt receipt)
    {
        if (_excuses.MayRepeat(receipt))
            AfterCrash++;
        else
            Break(Rule.Doubled, receipt.At, $"{receipt.Key} came again over connection {receipt.Connection} without a crash before");
    }

    void First(Receipt receipt, Publication publication)
    {
        if (_latest.TryGetValue(receipt.Key.Channel, out var latest) && IsBefore(receipt.Key, latest.Key))
            Break(Rule.Reordered, receipt.At, $"{receipt.Key} came over connection {receipt.Connection} after {latest.Key}");
        else
            _latest[receipt.Key.Channel] = receipt;
        var delay = new Delay(_session, publication, receipt);
        if (publication.Sent >= _session.Subscribed && !(delay.Length <= Slowest?.Length))
            Slowest = delay;
    }

    /// <summary>The log's order decides; a publisher's own order where the log does not know one of the two.</summary>
    bool IsBefore(MessageKey key, MessageKey other)
    {
        var (here, there) = (_book.OffsetsOf(key), _book.OffsetsOf(other));
        return here.Count > 0 && there.Count > 0
            ? here[^1] < there[0]
            : key.Publisher == other.Publisher && key.Sequence < other.Sequence;
    }

    void LookForMissing()
    {
        foreach (var publication in _book.ExpectedBy(_session))
        {
            Expected++;
            if (_copies.ContainsKey(publication.Key))
                continue;
            Missing++;
            if (_excuses.MayBeLostInCut(publication))
                InCut++;
            else
                Break(Rule.Lost, publication.Sent, $"{publication.Key} never came ({_excuses.Nearest(publication)})");
        }
    }

    void ReadNotices()
    {
        foreach (var notice in _session.Losses)
            Break(Rule.SessionLost, notice.At, notice.Text);
        foreach (var notice in _session.Gaps)
            Break(Rule.Gap, notice.At, notice.Text);
        foreach (var notice in _session.Refusals)
            Break(Rule.NotAgreed, notice.At, notice.Text);
    }

    void Break(Rule rule, TimeSpan at, string text) => Violations.Add(new Violation(rule, at, _session.Id, $"{_session.Kind}: {text}"));
}
