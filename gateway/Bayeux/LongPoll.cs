using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>A held poll: it waits as a task, on no thread.</summary>
internal sealed class LongPoll(BayeuxMessage request, DateTimeOffset until, TimeSpan lifetime, BayeuxSession bayeux, BayeuxChannelRules rules, TimeProvider time)
    : HeldConnect(request, until, lifetime), ISessionSink
{
    private readonly TaskCompletionSource<ConnectEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ConnectEnd> Ended => _ended.Task;

    public override void End(ConnectEnd end) => _ended.TrySetResult(end);

    public void Wake(LocalSession session, OutboxItem item)
    {
        if (rules.LazinessOf(item) is { Ticks: > 0 } wait)
        {
            bayeux.DelayUntil(time.GetUtcNow() + wait);
        }
        else
        {
            End(ConnectEnd.Deliver);
        }
    }
}
