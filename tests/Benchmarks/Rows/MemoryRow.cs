using Tidings.Benchmarks.Clients;
using Tidings.Benchmarks.Report;
using Tidings.Benchmarks.Targets;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Rows;

/// <summary>
/// Resident memory of all server processes for each idle, subscribed session, over what they had after a first crowd came and left.
/// Nothing is collected by force: the figure is what an operator sees.
/// </summary>
internal abstract class MemoryRow : IRow
{
    protected const int Channels = 1000;

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    public abstract string Name { get; }

    public abstract string Title { get; }

    public bool LessIsBetter => true;

    public abstract bool AppliesTo(ITarget target);

    public async Task<Cell> MeasureAsync(ITarget target, BenchmarkOptions options, Action<string> progress)
    {
        using var server = await target.StartAsync();
        using var loop = new EventLoop();
        await WarmUpAsync(loop, server, target.Dialect, options.MemoryWarmUp);
        var before = await SettleAsync(server, options.MemorySettle);
        var crowd = await ArriveAsync(loop, server, target.Dialect, options.Sessions);
        var after = await SettleAsync(server, options.MemorySettle);
        if (crowd.Failure is { } failure)
            throw new BenchmarkException(failure);
        var kilobytes = (after - before) / 1024.0 / options.Sessions;
        progress($"{before / 1024:N0} -> {after / 1024:N0} KB with {options.Sessions:N0} sessions: {kilobytes:N1} KB each");
        return new Cell { Value = kilobytes, Text = $"{kilobytes:N1} KB" };
    }

    /// <summary>A first crowd comes and goes.</summary>
    protected abstract Task WarmUpAsync(EventLoop loop, RunningTarget server, IDialect dialect, int count);

    /// <summary>The sessions come whose memory counts.</summary>
    protected abstract Task<Crowd> ArriveAsync(EventLoop loop, RunningTarget server, IDialect dialect, int count);

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

/// <summary>Sessions with an open WebSocket and a held connect.</summary>
internal sealed class SocketMemoryRow : MemoryRow
{
    public override string Name => "memory";

    public override string Title => "resident memory per idle subscribed WebSocket session";

    public override bool AppliesTo(ITarget target) => true;

    protected override Task WarmUpAsync(EventLoop loop, RunningTarget server, IDialect dialect, int count) =>
        Crowd.VisitAsync(loop, server, dialect.Idle, count, Channels);

    protected override async Task<Crowd> ArriveAsync(EventLoop loop, RunningTarget server, IDialect dialect, int count)
    {
        var crowd = new Crowd(loop, server, dialect.Idle, count, Channels);
        await crowd.ArriveAsync();
        return crowd;
    }
}

/// <summary>Long-polling sessions between two polls: no request is open, nor a connection.</summary>
internal sealed class PollMemoryRow : MemoryRow
{
    public override string Name => "memory-polls";

    public override string Title => "resident memory per subscribed session between two polls";

    public override bool AppliesTo(ITarget target) => target.HasLongPolling;

    protected override Task WarmUpAsync(EventLoop loop, RunningTarget server, IDialect dialect, int count) =>
        ArriveAsync(loop, server, dialect, count);

    protected override async Task<Crowd> ArriveAsync(EventLoop loop, RunningTarget server, IDialect dialect, int count)
    {
        var crowd = new Crowd(loop, server, dialect.BetweenPolls, count, Channels);
        await crowd.PassAsync();
        return crowd;
    }
}
