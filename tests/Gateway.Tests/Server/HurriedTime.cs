namespace Tidings.Gateway.Tests.Server;

/// <summary>The system's time, but one-shot timers of 15 seconds, as keep-alives have them, ring after a blink.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Blink = TimeSpan.FromMilliseconds(100);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == KeepAlive && period == Timeout.InfiniteTimeSpan ? Blink : dueTime, period);
}
