using Microsoft.Extensions.Options;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// The browser cookie, for browsers that share few connections among many tabs: a tab whose connect would hold one connection too many
/// is told to poll. Counted per gateway, so it means something where a browser stays with one.
/// </summary>
internal sealed class BayeuxBrowsers(IOptionsMonitor<BayeuxOptions> options)
{
    private readonly Lock _lock = new();

    // By browser: its sessions whose connects are held, each with the request that brought the latest one.
    private readonly Dictionary<string, Dictionary<BayeuxSession, BayeuxCall>> _held = new(StringComparer.Ordinal);

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

    /// <summary>Counts a connect as held, until <see cref="Release"/>. False when other sessions of its browser hold as many as may be.</summary>
    public bool TryHold(HttpContext context, BayeuxCall call, BayeuxSession bayeux)
    {
        var current = options.CurrentValue;
        var most = HttpProtocol.IsHttp2(context.Request.Protocol) ? current.Http2MaxSessionsPerBrowser : current.MaxSessionsPerBrowser;
        if (call.Browser is not { } browser || most < 0)
        {
            return true;
        }

        lock (_lock)
        {
            var held = _held.GetValueOrDefault(browser);
            if ((held?.Count ?? 0) - (held?.ContainsKey(bayeux) == true ? 1 : 0) >= most)
            {
                return false;
            }

            (held ?? (_held[browser] = []))[bayeux] = call;
            return true;
        }
    }

    /// <summary>A connect is held no more. One that another of its session ended counts no longer already.</summary>
    public void Release(BayeuxCall call, BayeuxSession bayeux)
    {
        if (call.Browser is not { } browser)
        {
            return;
        }

        lock (_lock)
        {
            if (_held.TryGetValue(browser, out var held) && held.TryGetValue(bayeux, out var latest) && ReferenceEquals(latest, call))
            {
                held.Remove(bayeux);
                if (held.Count == 0)
                {
                    _held.Remove(browser);
                }
            }
        }
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
