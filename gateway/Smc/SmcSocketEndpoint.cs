using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Smc;

/// <summary>Opens notification sockets.</summary>
internal sealed class SmcSocketEndpoint(
    SmcCatalog catalog,
    SmcLogins logins,
    SessionDoor door,
    SmcDeliveryCodec codec,
    AuthorizationService authorization,
    RateBook rates,
    IOptionsMonitor<SmcOptions> options,
    IOptions<TidingsLimits> limits,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger<SmcSocket> logger)
{
    private static readonly TimeSpan SessionLifetime = TimeSpan.FromMinutes(1);

    public SmcCatalog Catalog => catalog;

    public SmcLogins Logins => logins;

    public SessionDoor Door => door;

    public SmcDeliveryCodec Codec => codec;

    public AuthorizationService Authorization => authorization;

    public SmcOptions Options => options.CurrentValue;

    public TidingsLimits Limits => limits.Value;

    public GatewayMetrics Metrics => metrics;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>
    /// Upgrades for who is logged in. Without compression, which clients do not offer, and without pings: clients that got one wait a
    /// few seconds for a message and then give up.
    /// </summary>
    public async Task<SmcAnswer> OpenAsync(SmcCall call)
    {
        var context = call.Context;
        if (await logins.FindAsync(context) is not { } login)
        {
            return SmcAnswer.NotLoggedIn;
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            return SmcAnswer.Error(StatusCodes.Status426UpgradeRequired, "This is a WebSocket.");
        }

        context.User = login.Principal;
        var caller = rates.Of(context);
        if (caller.Handshake() is { } tooMany)
        {
            return SmcAnswer.TooMany(context, tooMany);
        }

        if (!caller.TryEnterSession(out var place))
        {
            return SmcAnswer.Error(StatusCodes.Status429TooManyRequests, "There are too many sessions.");
        }

        var description = new SessionDescription { Protocol = "smc", Lifetime = SessionLifetime, Peer = context.Peer() };
        var socket = new SmcSocket(this, login, catalog.RootOf(context, login.Version), caller, context.Connection.RemoteIpAddress);
        if (await door.OpenAsync(login.Record.Tenant, description, socket, login.Principal, place) is not var (secret, session))
        {
            return SmcAnswer.Unavailable;
        }

        session.Deadline = null;
        try
        {
            if (!session.Bind(socket))
            {
                return SmcAnswer.Unavailable;
            }

            Metrics.Connected(session);
            if (!await logins.AddSocketAsync(login.Id, session.Id))
            {
                return SmcAnswer.NotLoggedIn;
            }

            using var connection = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = context.WebSockets.WebSocketRequestedProtocols.Contains(SmcLogins.TokenProtocol) ? SmcLogins.TokenProtocol : null,
                KeepAliveInterval = Timeout.InfiniteTimeSpan,
                DangerousEnableCompression = false,
            });
            await socket.RunAsync(connection, secret, session, context.RequestAborted);
        }
        finally
        {
            await door.CloseAsync(session.Tenant, session.Id, socket.End);
            await logins.RemoveSocketAsync(login.Id, session.Id);
        }

        return SmcAnswer.Served;
    }
}
