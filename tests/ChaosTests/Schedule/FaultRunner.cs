using Tidings.ChaosTests.Records;
using Tidings.ChaosTests.Servers;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Schedule;

/// <summary>Does to a cluster what a plan says, and keeps its processes running meanwhile.</summary>
/// <param name="cluster">Whom to do it to.</param>
/// <param name="clock">Times of the record.</param>
/// <param name="cut">Cuts the connections of that many of 100 clients.</param>
/// <param name="tell">Gets a line for each fault.</param>
sealed class FaultRunner(ChaosCluster cluster, RunClock clock, Action<int> cut, Action<string> tell)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    static readonly TimeSpan LookAround = TimeSpan.FromMilliseconds(200);

    readonly List<Fault> _faults = [];
    readonly Lock _lock = new();

    /// <summary>What has happened, in the order of beginning.</summary>
    public IReadOnlyList<Fault> Faults
    {
        get
        {
            lock (_lock)
                return [.. _faults.OrderBy(fault => fault.At)];
        }
    }

    /// <summary>Runs a plan to its end: until everything is well again.</summary>
    public async Task RunAsync(IEnumerable<PlannedFault> plan, CancellationToken stop)
    {
        var running = new List<Task>();
        foreach (var planned in plan)
        {
            await Task.Delay(planned.After, stop);
            await AllowedAsync(planned);
            running.Add(DoAsync(planned));
        }
        await Task.WhenAll(running);
        await Eventually.TrueAsync(() => cluster.All.All(service => service.IsWell), () => "a cluster that is well again", Patience);
    }

    /// <summary>Starts what ended by itself again.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        using var rounds = new PeriodicTimer(LookAround);
        var restarts = new List<Task>();
        try
        {
            while (await rounds.WaitForNextTickAsync(stop))
                restarts.AddRange(cluster.All.Where(service => service.HasEnded).ToArray().Select(StartAgainAsync));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(restarts);
        }
    }

    Service? TargetOf(PlannedFault planned) => planned.Kind switch
    {
        FaultKind.SiloKill or FaultKind.SiloRestart or FaultKind.SiloPause => cluster.Silos[planned.Target],
        FaultKind.GatewayKill or FaultKind.GatewayRestart or FaultKind.GatewayPause => cluster.Gateways[planned.Target],
        FaultKind.FrontRestart => cluster.Balancer,
        FaultKind.RedisRestart => cluster.Redis,
        _ => null,
    };

    /// <summary>Waits until the target is well, and of silos and gateways another one too: one of a kind is always there.</summary>
    Task AllowedAsync(PlannedFault planned)
    {
        var target = TargetOf(planned);
        var others = cluster.Silos.Contains(target) ? cluster.Silos : cluster.Gateways.Contains(target) ? cluster.Gateways : [];
        return Eventually.TrueAsync(
            () => target == null || (target.IsWell && (others.Count == 0 || others.Any(other => other != target && other.IsWell))),
            () => $"{target!.Name} and another one of its kind, both well", Patience);
    }

    Task DoAsync(PlannedFault planned) => planned.Kind switch
    {
        FaultKind.ClientCuts => CutAsync(planned.Share),
        FaultKind.SiloKill or FaultKind.GatewayKill or FaultKind.FrontRestart => RecordAsync(planned.Kind, TargetOf(planned)!, async () =>
        {
            await TargetOf(planned)!.KillAsync();
            await Task.Delay(planned.Lasts);
        }),
        FaultKind.SiloPause or FaultKind.GatewayPause => RecordAsync(planned.Kind, TargetOf(planned)!, async () =>
        {
            await TargetOf(planned)!.SignalAsync("STOP");
            await Task.Delay(planned.Lasts);
            await TargetOf(planned)!.SignalAsync("CONT");
        }),
        _ => RecordAsync(planned.Kind, TargetOf(planned)!, () => RestartAsync(TargetOf(planned)!)),
    };

    /// <summary>Who is stopped for good comes back upgraded, if there is something to upgrade to.</summary>
    Task RestartAsync(Service target)
    {
        cluster.Upgrade(target);
        return target.StopAsync();
    }

    Task CutAsync(int share)
    {
        var now = clock.Now;
        Add(new Fault(FaultKind.ClientCuts, $"{share}% of clients", now, now));
        cut(share);
        return Task.CompletedTask;
    }

    Task StartAgainAsync(Service ended) => RecordAsync(FaultKind.OwnEnd, ended, () => Task.CompletedTask);

    async Task RecordAsync(FaultKind kind, Service target, Func<Task> fault)
    {
        target.Retire();
        var begin = new Fault(kind, target.Name, clock.Now, TimeSpan.MaxValue);
        Add(begin);
        await fault();
        await target.ReadyAsync();
        lock (_lock)
            _faults[_faults.IndexOf(begin)] = begin with { Until = clock.Now };
    }

    void Add(Fault fault)
    {
        lock (_lock)
            _faults.Add(fault);
        tell($"{fault.At.TotalSeconds,7:0.0} s  {fault.Kind} {fault.Target}");
    }
}
