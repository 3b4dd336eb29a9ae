namespace Tidings.Gateway.Bayeux;

/// <summary>A connect held on a socket: no task waits for it, its reply is written when it ends.</summary>
internal sealed class SocketConnect(
    BayeuxSocket socket, BayeuxSocketServices services, BayeuxExchange exchange, PendingConnect connect, DateTimeOffset until)
    : HeldConnect(connect.Request.ToOwned(), until, connect.Lifetime)
{
    private int _ended;

    public BayeuxExchange Exchange => exchange;

    public override void End(ConnectEnd end)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            connect.Bayeux.Take(connect.Session, this, services.Time.GetUtcNow());
            _ = ReplyAsync(end);
        }
    }

    private async Task ReplyAsync(ConnectEnd end)
    {
        socket.Tell(await services.Connects.ReplyAsync(exchange, connect.Session, Request, end));
    }
}
