using Tidings.Benchmarks.Clients;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Report;
using Tidings.Benchmarks.Targets;

namespace Tidings.Benchmarks.Rows;

/// <summary>A gateway is killed and all its clients come to the other one at once: until when they are served again, and what that costs those who were there.</summary>
internal sealed class StormRow(string name, int clients) : IRow
{
    const double Rate = 100;

    static readonly Cast Others = new(Subscribers: 100, Channels: 0, Publishers: 1);

    public string Name => name;

    public string Title => $"a gateway with {clients:N0} WebSockets is killed: seconds until 99% are served by the other one";

    public bool LessIsBetter => true;

    public bool AppliesTo(ITarget target) => target is ClusterTarget;

    public async Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress)
    {
        using var scene = await Scene.OpenAsync(target, Others, firstServer: 1);
        using var storm = await StormClients.OpenAsync(scene.Servers[0], scene.Servers[1], clients);
        await Step.PartAsync(scene, Rate, options.LatencyWarmUp, "warm-up", progress);
        var undisturbed = await Step.PartAsync(scene, Rate, options.LatencyStep, "undisturbed", progress);

        var step = Task.Run(() => Step.PartAsync(scene, Rate, options.LatencyStep, "storm", progress));
        await Task.Delay(TimeSpan.FromSeconds(options.LatencyStep.Warm));
        scene.Kill(server: 0);
        var (half, most, all) = await storm.ComeBackAsync();
        var disturbed = await step;
        var after = await Step.PartAsync(scene, Rate, options.LatencyStep, "afterwards", progress);
        progress($"served: half {half:N2} s, 99% {most:N2} s, all {all:N2} s; tried again {storm.Again:N0} times; resident {ProcessFigures.ResidentBytes(scene.ServerProcessIds) >> 20} MB");
        return new Cell
        {
            Value = most,
            Text = $"{most:N2} s (half {half:N2}, all {all:N2}); the others' p99 {undisturbed.P99:N1} ms, in the 10 s of it {disturbed.P99:N1} (longest {disturbed.Max:N0}), then {after.P99:N1}",
            ServerCpu = disturbed.ServerCpu,
            GeneratorCpu = disturbed.GeneratorCpu,
            Step = disturbed,
        };
    }
}
