using Tidings.Benchmarks.Clients;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Report;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks.Rows;

/// <summary>What clients that behave badly cost those that do not: the latter's p99, part by part, on one server.</summary>
internal sealed class HostileRow : IRow
{
    const double Rate = 100;
    const int SlowReaders = 20;
    const int Abandoned = 1000;
    const int Floods = 4;

    static readonly Cast Cast = new(Subscribers: 100, Channels: 0, Publishers: 1);

    public string Name => "hostile";

    public string Title => "p99 beside hostile clients, as a multiple of undisturbed";

    public bool LessIsBetter => true;

    public bool AppliesTo(ITarget target) => target is StandaloneTarget or ClusterTarget;

    public async Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress)
    {
        using var scene = await Scene.OpenAsync(target, Cast);
        using var hostile = await HostileClients.OpenAsync(scene.Servers[0], SlowReaders);
        await Step.PartAsync(scene, Rate, options.LatencyWarmUp, "warm-up", progress);
        var before = ProcessFigures.ResidentBytes(scene.ServerProcessIds);
        var undisturbed = await Step.PartAsync(scene, Rate, options.LatencyStep, "all read", progress);
        hostile.StopReading();
        var slow = await Step.PartAsync(scene, Rate, options.LatencyStep, $"{SlowReaders} stop reading", progress);
        await hostile.AbandonAsync(Abandoned);
        var abandoned = await Step.PartAsync(scene, Rate, options.LatencyStep, $"{Abandoned:N0} sessions abandoned", progress);
        hostile.Flood(Floods);
        var flooded = await Step.PartAsync(scene, Rate, options.LatencyStep, "handshakes at full speed", progress);
        hostile.Calm();
        var after = ProcessFigures.ResidentBytes(scene.ServerProcessIds);
        var worst = new[] { slow, abandoned, flooded }.Max(part => part.P99) / undisturbed.P99;
        progress($"resident {before >> 20} -> {after >> 20} MB; handshakes: {hostile.Taken:N0} taken, {hostile.Refused:N0} refused; heavy messages: {hostile.Heavy:N0}");
        return new Cell
        {
            Value = worst,
            Text = $"{worst:N2} (p99 {undisturbed.P99:N1} ms; stopped {slow.P99:N1}, abandoned {abandoned.P99:N1}, flood {flooded.P99:N1}); {before >> 20} -> {after >> 20} MB",
            ServerCpu = flooded.ServerCpu,
            GeneratorCpu = flooded.GeneratorCpu,
            Step = flooded,
        };
    }
}
