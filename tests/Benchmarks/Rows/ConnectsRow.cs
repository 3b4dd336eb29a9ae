using Tidings.Benchmarks.Report;
using Tidings.Benchmarks.Targets;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Rows;

/// <summary>New clients a second, 64 in flight, each with a channel of 1,000 in turn. A first group warms the server up and leaves.</summary>
internal sealed class ConnectsRow : IRow
{
    const int Channels = 1000;

    public string Name => "connects";

    public string Title => "connect, handshake, subscribe per second";

    public bool LessIsBetter => false;

    public bool AppliesTo(ITarget target) => true;

    public async Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress)
    {
        using var server = await target.StartAsync();
        using var loop = new EventLoop();
        await Crowd.VisitAsync(loop, server, target.Dialect.Connecting, options.ConnectsWarmUp, Channels);
        var crowd = new Crowd(loop, server, target.Dialect.Connecting, options.Connects, Channels);
        var (servers, generator) = (ProcessFigures.CpuSeconds(server.ProcessIds), ProcessFigures.CpuSeconds([Environment.ProcessId]));
        var seconds = await crowd.ArriveAsync();
        var rate = options.Connects / seconds;
        progress($"{options.Connects:N0} clients in {seconds:N2} s: {rate:N0}/s");
        return new Cell
        {
            Value = rate,
            Text = $"{rate:N0}/s",
            ServerCpu = (ProcessFigures.CpuSeconds(server.ProcessIds) - servers) / seconds * 100,
            GeneratorCpu = (ProcessFigures.CpuSeconds([Environment.ProcessId]) - generator) / seconds * 100,
        };
    }
}
