using System.ComponentModel.DataAnnotations;

namespace Tidings.Gateway.Bayeux;

/// <summary>The Bayeux endpoint, in configuration section <c>Tidings:Bayeux</c>. Changes apply to the next exchange.</summary>
public sealed record BayeuxOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Bayeux";

    /// <summary>How long a connect is held when nothing is there to deliver, and the most a client may ask for. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long clients wait between a connect's reply and the next connect. Default 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Interval { get; init; }

    /// <summary>How long a session lives without a connect under way. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The longest life without a connect that a client may ask for with a positive <c>advice.interval</c> in a connect. Default 10 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan MaxClientInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether a publisher that subscribes to the channel gets its own messages. Default true.</summary>
    public bool BroadcastToPublisher { get; init; } = true;

    /// <summary>Channels and patterns whose publishers do not get their own messages, whatever <see cref="BroadcastToPublisher"/> says.</summary>
    public IReadOnlyList<string> NoBroadcastToPublisher { get; init; } = [];

    /// <summary>Whether messages travel with connect replies only, on WebSocket too. Default false; on HTTP it is always so.</summary>
    public bool MetaConnectDeliverOnly { get; init; }

    /// <summary>Whether messages queued while a handshake is processed go with its reply, counted by <c>x-messages</c>. Default false.</summary>
    public bool AllowMessageDeliveryDuringHandshake { get; init; }

    /// <summary>Whether a WebSocket must do its own handshake instead of taking up a session known by its clientId. Default false.</summary>
    public bool RequireHandshakePerConnection { get; init; }

    /// <summary>
    /// Channels and patterns whose messages wait, up to the time given, for something more urgent to travel with. A pattern applies to what
    /// it matches; a channel not to those below it. Default none.
    /// </summary>
    public IReadOnlyDictionary<string, TimeSpan> LazyChannels { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Whether callback-polling (JSONP) is served. Default true.</summary>
    public bool Jsonp { get; init; } = true;

    /// <summary>Whether permessage-deflate (RFC 7692) is accepted. Default false: it costs memory per socket.</summary>
    public bool WebSocketCompression { get; init; }

    /// <summary>How often idle WebSockets are pinged. Default 30 s; a socket without an answer for as long again is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan WebSocketPing { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to read what was written before its connection is cut. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan WritePatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The cookie that CometD calls BAYEUX_BROWSER.</summary>
    public BrowserCookieOptions BrowserCookie { get; init; } = new();

    /// <summary>With the browser cookie: held connects per cookie on HTTP/1.1; surplus ones are told to poll. Default 1; negative is no limit.</summary>
    [Range(-1, 1000)]
    public int MaxSessionsPerBrowser { get; init; } = 1;

    /// <summary>As <see cref="MaxSessionsPerBrowser"/>, on HTTP/2. Default -1.</summary>
    [Range(-1, 1000)]
    public int Http2MaxSessionsPerBrowser { get; init; } = -1;

    /// <summary>How often surplus sessions of a browser poll. Default 2 s; 0 refuses them.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MultiSessionInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>With the browser cookie: whether a request without the session's cookie is served. Default false.</summary>
    public bool TrustClientSession { get; init; }
}

/// <summary>The browser cookie; off by default, as nothing needs it.</summary>
public sealed record BrowserCookieOptions
{
    /// <summary>Whether handshakes over HTTP set it and requests over HTTP must carry it. Default false.</summary>
    public bool Enabled { get; init; }

    /// <summary>Its name. Default <c>BAYEUX_BROWSER</c>.</summary>
    public string Name { get; init; } = "BAYEUX_BROWSER";

    /// <summary>Its domain; default the host's own.</summary>
    public string? Domain { get; init; }

    /// <summary>Its path. Default <c>/</c>.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Its life; default that of the browser session.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Whether it travels over TLS only. Default false.</summary>
    public bool Secure { get; init; }

    /// <summary>Its SameSite attribute. Default none written.</summary>
    public SameSiteMode SameSite { get; init; } = SameSiteMode.Unspecified;

    /// <summary>Whether it is partitioned by top-level site. Default false.</summary>
    public bool Partitioned { get; init; }
}
