using Tidings.Benchmarks.Report;
using Tidings.Benchmarks.Targets;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Rows;

/// <summary>
/// Resident memory of all server processes for each idle, subscribed WebSocket session, over what they had after a first crowd came and left.
/// Nothing is collected by force: the figure is what an operator sees.
/// </summary>
internal sealed class MemoryRow : IRow
{
    const int Channels = 1000;

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    public string Name => "memory";

    public string Title => "resident memory per idle subscribed WebSocket session";

    public bool LessIsBetter => true;

    public bool AppliesTo(ITarget target) => true;

    public async Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress)
    {
        using var server = await target.StartAsync();
        using var loop = new EventLoop();
        await Crowd.VisitAsync(loop, server, target.Dialect.Idle, options.MemoryWarmUp, Channels);
        var before = await SettleAsync(server, options.MemorySettle);
        var crowd = new Crowd(loop, server, target.Dialect.Idle, options.Sessions, Channels);
        await crowd.ArriveAsync();
        var after = await SettleAsync(server, options.MemorySettle);
        if (crowd.Failure is { } failure)
            throw new BenchmarkException(failure);
        var kilobytes = (after - before) / 1024.0 / options.Sessions;
        progress($"{before / 1024:N0} -> {after / 1024:N0} KB with {options.Sessions:N0} sessions: {kilobytes:N1} KB each");
        return new Cell { Value = kilobytes, Text = $"{kilobytes:N1} KB" };
    }

    /// <summary>The lowest figure within the given time: collections come and go, what is held stays.</summary>
    static async Task<long> SettleAsync(RunningTarget server, TimeSpan time)
    {
        var lowest = long.MaxValue;
        using var ticks = new PeriodicTimer(Poll);
        for (var left = time; left > TimeSpan.Zero && await ticks.WaitForNextTickAsync(); left -= Poll)
            lowest = Math.Min(lowest, ProcessFigures.ResidentBytes(server.ProcessIds));
        return lowest;
    }
}
