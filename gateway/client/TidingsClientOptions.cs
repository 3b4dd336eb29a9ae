using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tidings.Client;

/// <summary>How a <see cref="TidingsClient"/> connects, and its bounds.</summary>
public sealed record TidingsClientOptions
{
    /// <summary>The Bayeux endpoint, <c>https://example.org/cometd</c>; <c>http</c> or <c>https</c>, for WebSockets too.</summary>
    public required Uri Url { get; init; }

    /// <summary>The transports to use. Default both: WebSocket, and long-polling where a socket cannot be had.</summary>
    public TidingsTransports Transports { get; init; } = TidingsTransports.All;

    /// <summary>
    /// Whether to ask for CometD's acknowledgement extension: what was not acknowledged when a connection broke comes again, and nothing comes
    /// faster than it is read. Servers without it, as Faye, go on without. Default true.
    /// </summary>
    public bool Acknowledge { get; init; } = true;

    /// <summary>
    /// Whether to ask for Salesforce's replay extension: messages that are JSON objects carry <see cref="TidingsMessage.ReplayId"/>, and
    /// subscriptions to channels (not to patterns) go on after the last one in a new session, too. Default false.
    /// </summary>
    public bool Replay { get; init; }

    /// <summary>
    /// How many messages wait in each subscription for their reader. When one is full the client takes no more messages, for any of its
    /// subscriptions, until there is room: they wait at the server, within its bounds. Default 1000.
    /// </summary>
    public int Buffer { get; init; } = 1000;

    /// <summary>The largest response or frame, in bytes; a larger one ends its connection. Default 16 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How many requests (publishes above all) may be under way at once; more wait. Default 1000.</summary>
    public int MaxRequests { get; init; } = 1000;

    /// <summary>How long opening a socket may take. Default 10 s.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a reply may take; for a connect, beyond the time that the server said it holds it. Default 10 s.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a publish is tried, reconnects and repeats included. Default 30 s.</summary>
    public TimeSpan PublishTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest first pause before a lost connection is opened again; pauses are random up to it, and it doubles with each failure. Default 200 ms.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Where the doubling of pauses ends. Default 30 s.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gives the credentials: asked before the first connection, again shortly before they expire, and when the server refused them. They go
    /// into the <c>Authorization</c> header and into <c>ext.authentication</c>. Default none.
    /// </summary>
    public Func<CancellationToken, ValueTask<TidingsCredentials?>>? Credentials { get; init; }

    /// <summary>How long before they expire credentials are renewed; those that live for less than twice that, after half of their life. Default 60 s.</summary>
    public TimeSpan RefreshBefore { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Other hosts, <c>name</c> or <c>name:port</c>, that a server may send the client to by <c>advice.hosts</c>; <c>*</c> is any. Credentials
    /// go along, so that others are not turned to. Default none.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>
    /// Gives the HTTP client of each new connection, for sockets too; it is not disposed. With IHttpClientFactory:
    /// <c>() =&gt; factory.CreateClient("tidings")</c>, with a timeout above the time the server holds polls. Default one handler per
    /// <see cref="TidingsClient"/>, without cookies.
    /// </summary>
    public Func<HttpMessageInvoker>? Http { get; init; }

    /// <summary>How values are written and read. Default <see cref="JsonSerializerOptions.Web"/>.</summary>
    public JsonSerializerOptions Json { get; init; } = JsonSerializerOptions.Web;

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where logs go. Default nowhere.</summary>
    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Validate()
    {
        Require(Url is { IsAbsoluteUri: true } && (Url.Scheme == Uri.UriSchemeHttp || Url.Scheme == Uri.UriSchemeHttps), nameof(Url), "is not an absolute http or https address");
        Require((Transports & TidingsTransports.All) != 0, nameof(Transports), "names none");
        Require(Buffer > 0, nameof(Buffer), "is not positive");
        Require(MaxRequests > 0, nameof(MaxRequests), "is not positive");
        Require(MaxResponseBytes >= 1024, nameof(MaxResponseBytes), "is below 1024");
        Require(OpenTimeout > TimeSpan.Zero && ReplyTimeout > TimeSpan.Zero && PublishTimeout > TimeSpan.Zero, "A timeout", "is not positive");
        Require(MinBackoff > TimeSpan.Zero && MaxBackoff >= MinBackoff, nameof(MinBackoff), "is not positive, or above MaxBackoff");
    }

    private static void Require(bool condition, string name, string fault)
    {
        if (!condition)
        {
            throw new ArgumentException($"{name} {fault}.");
        }
    }
}

/// <summary>How messages travel.</summary>
[Flags]
public enum TidingsTransports
{
    /// <summary>None: not a valid choice.</summary>
    None = 0,

    /// <summary>HTTP requests that the server holds until there is something to tell.</summary>
    LongPolling = 1,

    /// <summary>A WebSocket (RFC 6455).</summary>
    WebSocket = 2,

    /// <summary>WebSocket where it can be had, otherwise long-polling.</summary>
    All = LongPolling | WebSocket,
}
