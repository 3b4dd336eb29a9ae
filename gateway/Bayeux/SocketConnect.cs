using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>A connect held on a socket: no task waits for it, its reply is written when it ends. It owns a copy of the request alone.</summary>
internal sealed class SocketConnect(BayeuxSocket socket, BayeuxSocketServices services, BayeuxExchange exchange, PendingConnect connect)
    : HeldConnect(Own(connect.Request, socket.Secret), services.Time.GetSteadyNow() + connect.Hold, connect.Lifetime)
{
    private readonly LocalSession _session = connect.Session;
    private int _ended;

    public BayeuxExchange Exchange => exchange;

    public override void End(ConnectEnd end)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            ((BayeuxSession)_session.Protocol!).Take(_session, this, services.Time.GetSteadyNow());
            _ = ReplyAsync(end);
        }
    }

    private static BayeuxMessage Own(BayeuxMessage request, string? secret)
    {
        var owned = request.ToOwned();
        owned.ClientId = owned.ClientId == secret ? secret : owned.ClientId;
        return owned;
    }

    private async Task ReplyAsync(ConnectEnd end)
    {
        socket.Tell(await services.Connects.ReplyAsync(socket.Dialect, exchange, _session, Request, end));
    }
}
