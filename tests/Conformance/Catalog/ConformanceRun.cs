using Tidings.Conformance.Client;
using Tidings.Conformance.Sites;

namespace Tidings.Conformance.Catalog;

/// <summary>
/// Runs the cases of a site side by side: most of their time is waiting for held connects.
/// All start with the first that is asked for, and each outcome can be had by name. Starting a server takes the machine's
/// whole attention and would disturb the timing of cases, so all servers are started before, and cases that start more come last.
/// </summary>
sealed class ConformanceRun : IAsyncDisposable
{
    const int AtOnce = 24;

    readonly Site _site;
    readonly SemaphoreSlim _slots = new(AtOnce);
    readonly Lazy<List<Started>> _started;

    public ConformanceRun(Site site, Func<Case, bool>? selected = null)
    {
        _site = site;
        _started = new(() => Start([.. site.Cases.Where(selected ?? (_ => true))]));
    }

    /// <summary>All outcomes, in the order of the catalog.</summary>
    public IEnumerable<Task<Outcome>> Outcomes => _started.Value.Select(started => started.Outcome);

    /// <summary>The outcome of one case.</summary>
    public Task<Outcome> OutcomeAsync(string name) => _started.Value.Single(started => started.Case.Name == name).Outcome;

    public async ValueTask DisposeAsync()
    {
        if (_started.IsValueCreated)
            await Task.WhenAll(Outcomes);
        await _site.DisposeAsync();
        _slots.Dispose();
    }

    List<Started> Start(List<Case> cases)
    {
        var servers = ServersAsync(cases.Select(item => item.Demand.Profile).Distinct());
        var first = cases.Where(item => !Disturbs(item)).Select(item => new Started(item, JudgeAsync(item, servers))).ToList();
        var quiet = Task.WhenAll(first.Select(started => started.Outcome));
        var last = cases.Where(Disturbs).Select(item => new Started(item, JudgeAsync(item, quiet)));
        return [.. first.Concat(last)];
    }

    static bool Disturbs(Case item) => item.Demand.Needs.HasFlag(Needs.Process);

    async Task ServersAsync(IEnumerable<Profile> profiles)
    {
        try
        {
            await Task.WhenAll(profiles.Select(_site.TargetAsync));
        }
        catch (Exception)
        {
            // A server that does not start is the failure of each of its cases, not of the others.
        }
    }

    async Task<Outcome> JudgeAsync(Case item, Task start)
    {
        await start;
        await _slots.WaitAsync();
        try
        {
            var (failure, judged) = await FailureAsync(item);
            return new Outcome(item, failure, _site.Deviations.Reason(item), judged);
        }
        finally
        {
            _slots.Release();
        }
    }

    async Task<(string? Failure, bool Judged)> FailureAsync(Case item)
    {
        try
        {
            await using var context = new CaseContext(_site, await _site.TargetAsync(item.Demand.Profile), item.Transport);
            await item.RunAsync(context);
            return (null, true);
        }
        catch (Exception exception)
        {
            return exception is Wire.ConformanceException ? (exception.Message, true) : (exception.ToString(), false);
        }
    }

    sealed record Started(Case Case, Task<Outcome> Outcome);
}
