using Tidings.Conformance.Client;
using Tidings.Conformance.Sites;

namespace Tidings.Conformance.Catalog;

/// <summary>What came out of one case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Failure">What the server did instead; null when it met the case.</param>
/// <param name="Reason">Why the server is known not to meet the case; null when it should.</param>
sealed record Outcome(Case Case, string? Failure, string? Reason)
{
    /// <summary>The server did what is expected of it: met the case, or differed where it is known to.</summary>
    public bool AsExpected => (Failure is null) == (Reason is null);

    public override string ToString() => $"{(AsExpected ? Failure is null ? "meets" : "known" : "FAILS")} {Case.Name}: {Case.Demand.Words}"
        + (Reason is null ? "" : $"\n        known: {Reason}")
        + (Failure is null ? "" : $"\n        {Failure}");
}

/// <summary>
/// Runs the cases of a site side by side: most of their time is waiting for held connects.
/// All start with the first that is asked for, and each outcome can be had by name.
/// </summary>
sealed class ConformanceRun : IAsyncDisposable
{
    const int AtOnce = 24;

    readonly Site _site;
    readonly SemaphoreSlim _slots = new(AtOnce);
    readonly Lazy<Dictionary<string, Task<Outcome>>> _outcomes;

    public ConformanceRun(Site site, Func<Case, bool>? selected = null)
    {
        _site = site;
        _outcomes = new(() => site.Cases.Where(selected ?? (_ => true)).ToDictionary(item => item.Name, item => Task.Run(() => JudgeAsync(item))));
    }

    /// <summary>All outcomes, in the order of the catalog.</summary>
    public IEnumerable<Task<Outcome>> Outcomes => _outcomes.Value.Values;

    /// <summary>The outcome of one case.</summary>
    public Task<Outcome> OutcomeAsync(string name) => _outcomes.Value[name];

    public async ValueTask DisposeAsync()
    {
        if (_outcomes.IsValueCreated)
            await Task.WhenAll(Outcomes);
        await _site.DisposeAsync();
        _slots.Dispose();
    }

    async Task<Outcome> JudgeAsync(Case item)
    {
        await _slots.WaitAsync();
        try
        {
            return new Outcome(item, await FailureAsync(item), _site.Deviations.Reason(item));
        }
        finally
        {
            _slots.Release();
        }
    }

    async Task<string?> FailureAsync(Case item)
    {
        try
        {
            await using var context = new CaseContext(_site, await _site.TargetAsync(item.Demand.Profile), item.Transport);
            await item.RunAsync(context);
            return null;
        }
        catch (Exception exception)
        {
            return exception is Wire.ConformanceException ? exception.Message : exception.ToString();
        }
    }
}
