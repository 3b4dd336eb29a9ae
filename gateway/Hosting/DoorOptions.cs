using System.ComponentModel.DataAnnotations;

namespace Tidings.Gateway.Hosting;

/// <summary>The gateway's door, in configuration section <c>Tidings</c>. <see cref="Anonymous"/> follows changes, too.</summary>
public sealed record DoorOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings";

    /// <summary>
    /// Whether callers without credentials are served, in tenant <c>default</c>. True: wherever they come from. False: nowhere. Default
    /// (unset): in the Development environment only, and there only callers of this machine that no proxy stands before, under a loopback
    /// host name and, from a browser, on a page of a loopback host, so that no web page reaches a developer's local server.
    /// </summary>
    public bool? Anonymous { get; init; }

    /// <summary>
    /// Origins of web pages that may call from browsers with credentials (CORS, and WebSockets), such as <c>https://app.example</c>: scheme,
    /// host and port, no wildcard. Pages of the gateway's own host always may. Default none.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>
    /// Proxies whose word about a client's address and scheme is believed (<c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c>): addresses such
    /// as <c>127.0.0.1</c> or networks such as <c>10.0.0.0/8</c>. Default none: then such headers mean nothing.
    /// </summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>
    /// Whether something before the gateway ends TLS, so that the gateway may listen beyond loopback without TLS of its own. Default false.
    /// The network in between then carries passwords and messages in the clear.
    /// </summary>
    public bool TlsEndsUpstream { get; init; }

    /// <summary>How long a client may take to send the head of a request. Default 15 seconds. Beyond: HTTP 408 and the connection is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestHeadPatience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The slowest a client may send a request's body, in bytes a second, after 5 seconds of grace. Default 240. Below: HTTP 408 and the
    /// connection is closed.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int BodyBytesPerSecond { get; init; } = 240;

    /// <summary>Most connections at once, WebSockets included. Default 200,000. Beyond: a new connection is closed.</summary>
    [Range(1, int.MaxValue)]
    public int Connections { get; init; } = 200_000;
}
