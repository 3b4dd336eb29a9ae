using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Brings what waits for a session to its socket, all of it in one frame.</summary>
internal static class SocketDelivery
{
    /// <summary>Writes what may be written now. False when nothing may.</summary>
    public static async ValueTask<bool> WriteAsync(LocalSession session, BayeuxDialect dialect, SocketWriter writer, BayeuxSocketServices services)
    {
        var bayeux = (BayeuxSession)session.Protocol!;
        if (services.Rules.AnyLazy && !bayeux.LazyMayGo && !session.HasUrgent(services.Rules.LazinessOf))
        {
            LetWait(session, bayeux, services);
            return false;
        }

        HeldConnect? connect = null;
        if (IsWithConnects(session, services))
        {
            connect = session.HasPending ? bayeux.Take(session, null, services.Time.GetSteadyNow()) : null;
            if (connect is null)
            {
                return false;
            }
        }

        if (session.TakeForWriting() is not { } items)
        {
            connect?.End(ConnectEnd.Timeout);
            return false;
        }

        bayeux.Delivering();
        await WriteAsync(session, dialect, items, connect as SocketConnect, writer, services);
        if (session is { IsPartial: true, HasPending: false } or { State: LocalState.Lagging or LocalState.Parked })
        {
            await services.Door.CatchUpAsync(session);
        }

        return true;
    }

    /// <summary>Whether messages go with the replies of connects only.</summary>
    public static bool IsWithConnects(LocalSession session, BayeuxSocketServices services) =>
        services.Options.CurrentValue.MetaConnectDeliverOnly || session.Description is { Acknowledges: true };

    /// <summary>
    /// What waits, if anything does, is lazy and waits on. That follows from what waits, not from who was told of it: a write that is just
    /// under way, for something else, must not take what came again a moment ago.
    /// </summary>
    private static void LetWait(LocalSession session, BayeuxSession bayeux, BayeuxSocketServices services)
    {
        if (session.HasPending)
        {
            bayeux.DelayUntil(services.Time.GetSteadyNow() + session.ShortestWait(services.Rules.LazinessOf));
        }
    }

    private static async ValueTask WriteAsync(
        LocalSession session, BayeuxDialect dialect, List<OutboxItem> items, SocketConnect? connect, SocketWriter writer, BayeuxSocketServices services)
    {
        var written = false;
        try
        {
            BayeuxMessage[] replies = connect is null
                ? []
                : [await services.Connects.ReplyAsync(dialect, connect.Exchange, session, connect.Request, ConnectEnd.Deliver)];
            var output = BayeuxWire.Write(dialect.DeliveriesFor(session), items, replies, services.Rules.LeaveOutFor(session), out var delivered);
            if (delivered > 0 || replies.Length > 0)
            {
                await writer.SendAsync(output.WrittenMemory);
            }

            written = true;
            services.Metrics.Delivered.Add(delivered);
            if (delivered > 0)
            {
                services.Metrics.Written(session, items, services.Time);
            }
        }
        finally
        {
            if (written)
            {
                session.Written();
            }
            else
            {
                session.NotWritten();
            }
        }
    }
}
