using Tidings.ChaosTests.Judging;
using Tidings.ChaosTests.Records;
using Tidings.ChaosTests.Schedule;
using Tidings.ChaosTests.Servers;
using Tidings.Cluster.Tests;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Tests.Redis;

/// <summary>A cluster with sessions and publishers at work, whose Redis a test can trouble.</summary>
sealed class Stage : IAsyncDisposable
{
    /// <summary>How long the gateways try to publish here.</summary>
    public static readonly TimeSpan PublishPatience = TimeSpan.FromSeconds(5);

    /// <summary>The last try is waited for: a call, and before it a pause.</summary>
    public static readonly TimeSpan LongestPublish = PublishPatience + TimeSpan.FromSeconds(8);

    readonly List<Fault> _troubles = [];
    readonly CancellationTokenSource _over = new();
    readonly FaultRunner _runner;
    Task _watching = Task.CompletedTask;

    Stage(ChaosOptions options, string name)
    {
        var folder = Repository.PathTo("artifacts", "chaos", name);
        Directory.CreateDirectory(folder);
        Cluster = new ChaosCluster(options, folder);
        Clock = new RunClock(TimeProvider.System);
        Endpoint = new Uri(Cluster.Front, "/cometd");
        Audience = new Audience(options, Endpoint, Clock);
        Press = new Press(options, Cluster.Front, Endpoint, Clock, late: TimeSpan.FromSeconds(5));
        Probe = new Probe(Cluster.Front);
        _runner = new FaultRunner(Cluster, Clock, Audience.Cut, _ => { });
    }

    public ChaosCluster Cluster { get; }

    public RunClock Clock { get; }

    public Uri Endpoint { get; }

    public Audience Audience { get; }

    public Press Press { get; }

    public Probe Probe { get; }

    /// <summary>The processes that ended by themselves and were started again.</summary>
    public IEnumerable<string> EndedByThemselves => _runner.Faults.Where(fault => fault.Kind == FaultKind.OwnEnd).Select(fault => fault.Target);

    /// <summary>Starts everything; processes that end are started again.</summary>
    /// <param name="name">The folder of the logs, in artifacts/chaos.</param>
    /// <param name="options">Settings beside those of every stage.</param>
    public static async Task<Stage> OpenAsync(string name, ChaosOptions? options = null)
    {
        var stage = new Stage(
            (options ?? new ChaosOptions()) with
            {
                Silos = 2,
                Sessions = 2 * SessionKind.All.Count,
                Rate = 30,
                GatewayArguments = [$"--Tidings:Limits:PublishPatience={PublishPatience:c}"],
            },
            name);
        await stage.Cluster.StartAsync();
        stage._watching = stage._runner.WatchAsync(stage._over.Token);
        await stage.Audience.StartAsync();
        stage.Press.Start();
        await stage.Probe.OpenAsync();
        return stage;
    }

    /// <summary>Troubles Redis, and waits until a publish is stored again.</summary>
    public async Task TroubleAsync(string what, Func<Task> trouble)
    {
        var begin = Clock.Now;
        await trouble();
        await Eventually.TrueAsync(Probe.IsStoredAsync, () => $"a publish that is stored after Redis was {what}", TimeSpan.FromSeconds(60));
        _troubles.Add(new Fault(FaultKind.RedisRestart, $"redis {what}", begin, Clock.Now));
    }

    /// <summary>Lets everything come to rest, and judges it.</summary>
    public async Task<Verdict> JudgeAsync()
    {
        await Press.StopAsync();
        await Audience.CalmAsync();
        await Audience.StopAsync();
        var log = await LogReader.ReadAsync(Cluster.Front, Scene.Channels.Concat(Scene.LateChannels));
        var faults = _runner.Faults.Concat(_troubles).OrderBy(fault => fault.At).ToArray();
        var transcript = new Transcript { Sessions = Audience.Records, Publications = Press.Publications, Log = log, Faults = faults };
        return Checker.Judge(transcript, new CheckerOptions { QuietP99 = TimeSpan.FromSeconds(10), PauseP99 = new Dictionary<FaultKind, TimeSpan>() });
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Press.DisposeAsync();
        await Audience.DisposeAsync();
        await _watching;
        Probe.Dispose();
        await Cluster.DisposeAsync();
        _over.Dispose();
    }
}
