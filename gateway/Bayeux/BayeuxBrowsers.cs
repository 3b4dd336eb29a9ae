using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// The browser cookie, for browsers that share few connections among many tabs: a tab whose connect would hold one connection too many
/// is told to poll. Counted per gateway, so it means something where a browser stays with one.
/// </summary>
internal sealed class BayeuxBrowsers(GatewayHub hub, IOptionsMonitor<BayeuxOptions> options)
{
    public string? Read(HttpContext context) =>
        options.CurrentValue.BrowserCookie is { Enabled: true } cookie && context.Request.Cookies.TryGetValue(cookie.Name, out var value)
        && value.Length is > 0 and <= 64
            ? value
            : null;

    public void Write(HttpContext context, string? value)
    {
        if (value is null)
        {
            return;
        }

        var cookie = options.CurrentValue.BrowserCookie;
        var attributes = new CookieOptions
        {
            HttpOnly = true,
            Path = cookie.Path,
            Domain = cookie.Domain,
            MaxAge = cookie.MaxAge,
            Secure = cookie.Secure,
            SameSite = cookie.SameSite,
        };
        if (cookie.Partitioned)
        {
            attributes.Extensions.Add("Partitioned");
        }

        context.Response.Cookies.Append(cookie.Name, value, attributes);
    }

    /// <summary>Whether a session may be spoken for from this browser.</summary>
    public bool IsOwn(BayeuxCall call, SessionDescription session) =>
        session.Browser is null || call.Socket is not null || call.Browser == session.Browser
        || (call.Browser is null && options.CurrentValue.TrustClientSession);

    /// <summary>Whether the browser holds as many connects as it may.</summary>
    public bool IsSurplus(HttpContext context, BayeuxCall call, BayeuxSession bayeux)
    {
        var current = options.CurrentValue;
        var most = HttpProtocol.IsHttp2(context.Request.Protocol) ? current.Http2MaxSessionsPerBrowser : current.MaxSessionsPerBrowser;
        return call.Browser is not null && most >= 0 && hub.Sessions.Count(
            session => session.Protocol is BayeuxSession { HoldsConnect: true } other && !ReferenceEquals(other, bayeux) && other.HeldForBrowser == call.Browser) >= most;
    }

    /// <summary>Tells a surplus tab to poll, or that it is refused.</summary>
    public void Tell(BayeuxMessage reply)
    {
        var interval = options.CurrentValue.MultiSessionInterval;
        reply.Successful = interval > TimeSpan.Zero;
        reply.Advice = reply.Advice! with
        {
            MultipleClients = true,
            Reconnect = interval > TimeSpan.Zero ? "retry" : "none",
            Interval = (long)interval.TotalMilliseconds,
        };
    }
}
