using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>Opens topics' sockets, and has what they need.</summary>
internal sealed class TopicSocketEndpoint(
    SessionDoor door,
    TopicTokens tokens,
    TopicDeliveryCodec codec,
    RateBook rates,
    IOptionsMonitor<PersoniumOptions> options,
    IOptions<TidingsLimits> limits,
    GatewayMetrics metrics,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<TopicSocket> logger)
{
    public SessionDoor Door => door;

    public TopicTokens Tokens => tokens;

    public TopicDeliveryCodec Codec => codec;

    public PersoniumOptions Options => options.CurrentValue;

    public TidingsLimits Limits => limits.Value;

    public GatewayMetrics Metrics => metrics;

    /// <summary>Whether a caller sends faster than its rate allows.</summary>
    public bool IsTooFast(HttpContext context, int bytes) => rates.Of(context).Bytes(bytes) is not null;

    public CancellationToken Stopping => lifetime.ApplicationStopping;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>Upgrades whoever asks for a well-formed address; what there is is told only to who shows a token.</summary>
    public async Task OpenAsync(PersoniumCall call)
    {
        var context = call.Context;
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await PersoniumAnswer.Empty(StatusCodes.Status426UpgradeRequired).WriteAsync(call);
            return;
        }

        if (rates.Of(context).Handshake() is not null || !rates.Of(context).TryEnterSession(out var place))
        {
            await PersoniumAnswer.Empty(StatusCodes.Status429TooManyRequests).WriteAsync(call);
            return;
        }

        using (place)
        {
            var topic = StreamPath.TryParseSocket(call.Path, out var found) ? found : null;
            using var connection = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                KeepAliveInterval = Timeout.InfiniteTimeSpan,
                DangerousEnableCompression = false,
            });
            await using var socket = new TopicSocket(this, call, topic, connection);
            using var pings = new TopicPings(context.Features.Get<PingUpgrade>()!.Stream!, socket, Options, time);
            await socket.RunAsync(context.RequestAborted);
        }
    }
}
