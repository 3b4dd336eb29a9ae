using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Bayeux;

/// <summary>Holds the connects of the polling transports.</summary>
internal sealed class LongPolls(
    SessionDoor door, BayeuxConnects connects, BayeuxChannelRules rules, BayeuxBrowsers browsers, BayeuxResponses responses, TimeProvider time, GatewayMetrics metrics)
{
    /// <summary>
    /// Holds a connect until (a) something is to be delivered, (b) its time is up, (c) another connect comes or the session moves,
    /// (d) the session ends, (e) the client goes; then writes messages and reply. Messages count as delivered when all is written.
    /// </summary>
    public async Task ConnectAsync(HttpContext context, BayeuxCall call, BayeuxAnswer answer, PendingConnect connect, string? callback)
    {
        var (session, bayeux) = (connect.Session, connect.Bayeux);
        var surplus = !browsers.TryHold(context, call, bayeux);
        var hold = surplus ? TimeSpan.Zero : connect.Hold;
        var keepAlive = callback is null ? call.Dialect.KeepAlive : null;
        var poll = new LongPoll(connect.Request, time.GetSteadyNow() + hold, connect.Lifetime, keepAlive, bayeux, rules, time)
        {
            IsCounted = call.Dialect.CountsConnections,
        };
        bayeux.Socket = null;
        bayeux.Transport = callback is null ? Transports.LongPolling : Transports.CallbackPolling;
        bayeux.Hold(session, poll);
        metrics.Connected(session);
        var (end, items) = (ConnectEnd.Aborted, (List<OutboxItem>?)null);
        try
        {
            (end, items) = session.Bind(poll) ? await HoldAsync(context, call, connect, poll, hold) : (BayeuxSession.EndFor(session), null);
        }
        finally
        {
            // Whatever happened, the session's clock runs again: a poll that counts as held for ever would keep it for ever.
            session.Unbind(poll);
            bayeux.Take(session, poll, time.GetSteadyNow());
            browsers.Release(call, bayeux);
        }

        if (end == ConnectEnd.Aborted)
        {
            return;
        }

        bayeux.Delivering();
        items ??= end is ConnectEnd.Deliver or ConnectEnd.Timeout or ConnectEnd.Disconnected ? session.TakeForWriting() : null;
        await WriteAsync(context, call, answer, connect, end, items, surplus, callback);
    }

    private async Task<(ConnectEnd End, List<OutboxItem>? Items)> HoldAsync(
        HttpContext context, BayeuxCall call, PendingConnect connect, LongPoll poll, TimeSpan hold)
    {
        if (hold == TimeSpan.Zero)
        {
            poll.End(ConnectEnd.Timeout);
        }
        else if (HasUrgent(connect.Session, connect.Bayeux))
        {
            poll.End(ConnectEnd.Deliver);
        }

        using var aborted = context.RequestAborted.Register(static state => ((LongPoll)state!).End(ConnectEnd.Aborted), poll);
        return await WaitAsync(context, call.Dialect.DeliveriesFor(connect.Session), connect, poll);
    }

    /// <summary>Waits for an end, or for messages that the client sees; signs of life and messages that it does not see end nothing.</summary>
    private async Task<(ConnectEnd End, List<OutboxItem>? Items)> WaitAsync(
        HttpContext context, BayeuxDeliveries deliveries, PendingConnect connect, LongPoll poll)
    {
        while (true)
        {
            var next = await poll.NextAsync();
            if (next == ConnectEnd.KeepAlive)
            {
                if (!await responses.TryKeepAliveAsync(context))
                {
                    return (ConnectEnd.Aborted, null);
                }

                continue;
            }

            var items = next == ConnectEnd.Deliver ? connect.Session.TakeForWriting() : null;
            if (items is null || deliveries.ShowsAny(items))
            {
                return (next, items);
            }

            connect.Session.Written();
            await door.CatchUpAsync(connect.Session); // where only a first part of what was missed had come, the rest follows
        }
    }

    private bool HasUrgent(LocalSession session, BayeuxSession bayeux)
    {
        if (!session.HasPending || session.HasUrgent(rules.LazinessOf))
        {
            return session.HasPending;
        }

        bayeux.DelayUntil(time.GetSteadyNow() + session.ShortestWait(rules.LazinessOf));
        return false;
    }

    private async Task WriteAsync(
        HttpContext context,
        BayeuxCall call,
        BayeuxAnswer answer,
        PendingConnect connect,
        ConnectEnd end,
        List<OutboxItem>? items,
        bool surplus,
        string? callback)
    {
        var written = false;
        try
        {
            await AddReplyAsync(call, answer, connect, end, surplus);
            var output = BayeuxWire.Write(
                call.Dialect.DeliveriesFor(connect.Session), items, answer.Replies, rules.LeaveOutFor(connect.Session), out var delivered);
            await responses.WriteAsync(context, output.WrittenMemory, callback);
            written = !context.RequestAborted.IsCancellationRequested;
            metrics.Delivered.Add(delivered);
            if (written && delivered > 0)
            {
                metrics.Written(connect.Session, items!, time);
            }
        }
        catch (OperationCanceledException)
        {
            // The client went while its answer was written; what it carried waits for the next connect.
        }
        finally
        {
            if (items is not null)
            {
                if (written)
                {
                    connect.Session.Written();
                }
                else
                {
                    connect.Session.NotWritten();
                }
            }
        }
    }

    private async ValueTask AddReplyAsync(BayeuxCall call, BayeuxAnswer answer, PendingConnect connect, ConnectEnd end, bool surplus)
    {
        var reply = await connects.ReplyAsync(call.Dialect, call.Exchange, connect.Session, connect.Request, end);
        if (surplus)
        {
            browsers.Tell(reply);
        }

        if (end == ConnectEnd.Kicked)
        {
            answer.Replies.Add(BayeuxReplies.Kicked);
        }

        answer.Replies.Add(reply);
    }
}
