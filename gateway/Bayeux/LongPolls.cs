using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Bayeux;

/// <summary>Holds the connects of the polling transports.</summary>
internal sealed class LongPolls(
    BayeuxConnects connects, BayeuxChannelRules rules, BayeuxBrowsers browsers, BayeuxResponses responses, TimeProvider time, GatewayMetrics metrics)
{
    /// <summary>
    /// Holds a connect until (a) something is to be delivered, (b) its time is up, (c) another connect comes or the session moves,
    /// (d) the session ends, (e) the client goes; then writes messages and reply. Messages count as delivered when all is written.
    /// </summary>
    public async Task ConnectAsync(HttpContext context, BayeuxCall call, BayeuxAnswer answer, PendingConnect connect, string? callback)
    {
        var (session, bayeux) = (connect.Session, connect.Bayeux);
        var surplus = browsers.IsSurplus(context, call, bayeux);
        var hold = surplus ? TimeSpan.Zero : connect.Hold;
        var poll = new LongPoll(connect.Request, time.GetUtcNow() + hold, connect.Lifetime, bayeux, rules, time);
        bayeux.Socket = null;
        bayeux.Hold(session, poll);
        var end = session.Bind(poll) ? await HoldAsync(context, session, bayeux, poll, hold, call) : BayeuxSession.EndFor(session);
        session.Unbind(poll);
        bayeux.Take(session, poll, time.GetUtcNow());
        if (end == ConnectEnd.Aborted)
        {
            return;
        }

        var delivers = end is ConnectEnd.Deliver or ConnectEnd.Timeout or ConnectEnd.Disconnected;
        bayeux.Delivering();
        var items = delivers ? session.TakeForWriting() : null;
        await WriteAsync(context, call, answer, connect, end, items, surplus, callback);
    }

    private async Task<ConnectEnd> HoldAsync(
        HttpContext context, LocalSession session, BayeuxSession bayeux, LongPoll poll, TimeSpan hold, BayeuxCall call)
    {
        if (hold == TimeSpan.Zero || HasUrgent(session, bayeux))
        {
            poll.End(ConnectEnd.Deliver);
        }

        bayeux.HeldForBrowser = call.Browser;
        using var aborted = context.RequestAborted.Register(static state => ((LongPoll)state!).End(ConnectEnd.Aborted), poll);
        var end = await poll.Ended;
        bayeux.HeldForBrowser = null;
        return end;
    }

    private bool HasUrgent(LocalSession session, BayeuxSession bayeux)
    {
        if (!session.HasPending || session.HasUrgent(rules.LazinessOf))
        {
            return session.HasPending;
        }

        bayeux.DelayUntil(time.GetUtcNow() + session.ShortestWait(rules.LazinessOf));
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
            var output = BayeuxWire.Write(connect.Session, items, answer.Replies, rules.LeaveOutFor(connect.Session), out var delivered);
            await responses.WriteAsync(context, output.WrittenMemory, callback);
            written = !context.RequestAborted.IsCancellationRequested;
            metrics.Delivered.Add(delivered);
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
        var reply = await connects.ReplyAsync(call.Exchange, connect.Session, connect.Request, end);
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
