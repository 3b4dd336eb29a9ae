using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// A held poll: it waits as a task, on no thread. An end is final; that something waits to be delivered and that a sign of life is due
/// are taken one by one.
/// </summary>
internal sealed class LongPoll(
    BayeuxMessage request, DateTimeOffset until, TimeSpan lifetime, TimeSpan? keepAlive, BayeuxSession bayeux, BayeuxChannelRules rules, TimeProvider time)
    : HeldConnect(request, until, lifetime), ISessionSink
{
    private readonly Lock _lock = new();
    private DateTimeOffset _keepAliveAt = keepAlive is { } period ? time.GetSteadyNow() + period : DateTimeOffset.MaxValue;
    private TaskCompletionSource<ConnectEnd> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConnectEnd? _end;

    public async Task<ConnectEnd> NextAsync()
    {
        var next = await _next.Task;
        lock (_lock)
        {
            if (_end is null)
            {
                _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _end ?? next;
        }
    }

    public override void End(ConnectEnd end)
    {
        lock (_lock)
        {
            _end ??= end is ConnectEnd.Deliver or ConnectEnd.KeepAlive ? null : end;
            _next.TrySetResult(end);
        }
    }

    public override void Tick(DateTimeOffset now)
    {
        if (now >= _keepAliveAt)
        {
            _keepAliveAt = now + keepAlive!.Value;
            End(ConnectEnd.KeepAlive);
        }
    }

    public void Wake(LocalSession session, OutboxItem item)
    {
        if (rules.LazinessOf(item) is { Ticks: > 0 } wait)
        {
            bayeux.DelayUntil(time.GetSteadyNow() + wait);
        }
        else
        {
            End(ConnectEnd.Deliver);
        }
    }
}
