using Tidings.Conformance.Catalog;

namespace Tidings.Conformance.Sites;

/// <summary>The configuration names of Tidings and the values the suite runs it with: the one place that knows them.</summary>
static class TidingsOptions
{
    const string Bayeux = "--Tidings:Bayeux:";
    const string Limits = "--Tidings:Limits:";
    const int MaxMessageBytes = 256 * 1024;
    const string Origin = "http://localhost:3000";

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Lazy = TimeSpan.FromSeconds(1);

    /// <summary>The command line that turns a profile on.</summary>
    public static IEnumerable<string> Arguments(Profile profile) => [.. Common(), .. Own(profile)];

    /// <summary>The command line for two endpoints, one for HTTP/1.1 and one for HTTP/2 without TLS.</summary>
    public static string[] Endpoints(int http1, int http2) =>
    [
        $"--Kestrel:Endpoints:Http1:Url=http://127.0.0.1:{http1}",
        $"--Kestrel:Endpoints:Http2:Url=http://127.0.0.1:{http2}",
        "--Kestrel:Endpoints:Http2:Protocols=Http2",
    ];

    /// <summary>What the suite knows of a server started so.</summary>
    public static BayeuxTarget Target(Uri endpoint, int http2) => new()
    {
        Endpoint = endpoint,
        Hold = Timeout,
        Lifetime = MaxInterval + Sweep,
        MaxMessageBytes = MaxMessageBytes,
        LazyTimeout = Lazy,
        AllowedOrigin = Origin,
        Http2Endpoint = http2 == 0 ? null : new UriBuilder(endpoint) { Port = http2 }.Uri,
    };

    static IEnumerable<string> Common() =>
    [
        $"{Bayeux}Timeout={Timeout}",
        $"{Bayeux}MaxInterval={MaxInterval}",
        $"{Limits}MessageBytes={MaxMessageBytes}",
        $"{Bayeux}LazyChannels:/lazy/*={Lazy}",
        $"{Bayeux}LazyChannels:/lazynews={Lazy}",
        $"--Tidings:AllowedOrigins:0={Origin}",
    ];

    static IEnumerable<string> Own(Profile profile) => profile switch
    {
        Profile.Cookie => [$"{Bayeux}BrowserCookie:Enabled=true"],
        Profile.Switches =>
        [
            $"{Bayeux}BrowserCookie:Enabled=true",
            $"{Bayeux}TrustClientSession=true",
            $"{Bayeux}MultiSessionInterval=00:00:00",
            $"{Bayeux}BroadcastToPublisher=false",
            $"{Bayeux}MetaConnectDeliverOnly=true",
            $"{Bayeux}RequireHandshakePerConnection=true",
            $"{Limits}PendingMessagesPerSession=20",
        ],
        _ => [],
    };
}
