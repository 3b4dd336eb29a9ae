using Tidings.ChaosTests.Judging;
using Tidings.ChaosTests.Records;
using Tidings.ChaosTests.Reports;
using Tidings.ChaosTests.Schedule;
using Tidings.ChaosTests.Servers;
using Tidings.Cluster.Tests;

namespace Tidings.ChaosTests;

/// <summary>A run from the first process to the report.</summary>
/// <param name="options">What to do.</param>
/// <param name="tell">Gets a line for each thing that happens.</param>
sealed class ChaosRun(ChaosOptions options, Action<string> tell)
{
    static readonly TimeSpan Warmup = TimeSpan.FromSeconds(8);
    static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(12);

    /// <summary>Runs it; logs and report are in the report's folder.</summary>
    public async Task<ChaosReport> RunAsync(CheckerOptions rules, CancellationToken stop = default)
    {
        var folder = Folder();
        await using var previous = options.UpgradeFrom is { } commit ? await BuildAsync(commit) : null;
        await using var cluster = new ChaosCluster(options, folder, previous);
        await cluster.StartAsync();
        tell($"a cluster of {options.Silos} silos and {options.Gateways} gateways at {cluster.Front}, logs in {folder}");
        var clock = new RunClock(TimeProvider.System);
        var transcript = await RecordAsync(cluster, clock, stop);
        var report = new ChaosReport(options, folder, clock.Start, clock.Now, transcript, Checker.Judge(transcript, rules));
        report.Write();
        return report;
    }

    async Task<Transcript> RecordAsync(ChaosCluster cluster, RunClock clock, CancellationToken stop)
    {
        var endpoint = new Uri(cluster.Front, "/cometd");
        var plan = Plan();
        var late = Warmup + plan.Aggregate(TimeSpan.Zero, (sum, fault) => sum + fault.After) / 2;
        await using var audience = new Audience(options, endpoint, clock);
        await audience.StartAsync();
        await using var press = new Press(options, cluster.Front, endpoint, clock, late);
        press.Start();
        var runner = new FaultRunner(cluster, clock, audience.Cut, tell);
        await FaultsAsync(runner, plan, stop);
        await press.StopAsync();
        tell("the last message is settled");
        await audience.CalmAsync();
        await audience.StopAsync();
        var log = await LogReader.ReadAsync(cluster.Front, Scene.Channels.Concat(Scene.LateChannels));
        foreach (var loss in press.Losses)
            tell($"a publisher's session was lost at {loss.At.TotalSeconds:0.0} s: {loss.Text}");
        return new Transcript { Sessions = audience.Records, Publications = press.Publications, Log = log, Faults = runner.Faults };
    }

    static async Task FaultsAsync(FaultRunner runner, IReadOnlyList<PlannedFault> plan, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = runner.WatchAsync(over.Token);
        await Task.Delay(Warmup, stop);
        await runner.RunAsync(plan, stop);
        await Task.Delay(Afterwards, stop);
        await over.CancelAsync();
        await watching;
    }

    Task<SourceTree> BuildAsync(string commit)
    {
        tell($"building {commit}");
        return SourceTree.BuildAsync(commit);
    }

    IReadOnlyList<PlannedFault> Plan() => options.UpgradeFrom is not null
        ? FaultPlan.Rolling(options.Silos, options.Gateways)
        : options.Brief
        ? FaultPlan.Brief(options.Seed, options.Silos, options.Gateways)
        : FaultPlan.Shuffled(options.Seed, options.Length, options.Silos, options.Gateways, options.Only);

    string Folder()
    {
        var folder = options.Folder is { Length: > 0 } given
            ? given
            : Repository.PathTo("artifacts", "chaos", $"{DateTime.Now:yyyyMMdd-HHmmss}-seed{options.Seed}");
        Directory.CreateDirectory(folder);
        return folder;
    }
}
