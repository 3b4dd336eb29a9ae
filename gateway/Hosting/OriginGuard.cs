using System.Net;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Refuses what a browser was tricked into: requests to a local server under a foreign host name (DNS rebinding), and requests of pages
/// from origins that are not allowed (cross-site WebSockets and posts carry no preflight, scripts no origin). RFC 6454, RFC 6455 section 10.2,
/// W3C "Fetch Metadata Request Headers".
/// </summary>
internal sealed class OriginGuard(
    RequestDelegate next, IOptionsMonitor<DoorOptions> options, IAuthenticationPresence presence, GatewayMetrics metrics, IAudit audit)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (ServerEndpoint.IsForeign(context))
        {
            return next(context);
        }

        var current = options.CurrentValue;
        var isLocal = current.Anonymous != true && !presence.IsConfigured;
        if (isLocal && !IsLoopbackName(context.Request.Host.Host))
        {
            return RefuseAsync(context, "This server answers to loopback names only. Configure users, or set Tidings:Anonymous, to serve others.");
        }

        var origin = OriginOf(context.Request);
        if (origin is not null && !IsAllowed(origin, context.Request, current, isLocal))
        {
            return RefuseAsync(context, "Pages of this origin may not use this server.");
        }

        return next(context);
    }

    /// <summary>Whether a host name is this machine's own: <c>localhost</c>, a name below it, or a loopback address.</summary>
    internal static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>
    /// Whose page asks: as <c>Origin</c> says; for what carries none, such as a script that a page of elsewhere embeds (JSONP), as <c>Referer</c> does.
    /// Null: no page, or one of this server, or a person who followed a link. Empty: one that does not say, or says two things.
    /// </summary>
    private static string? OriginOf(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        return origin.Count > 0 ? origin.Count == 1 ? origin.ToString() : ""
            : request.Headers["Sec-Fetch-Site"].ToString() is "" or "none" or "same-origin" || request.Headers["Sec-Fetch-Mode"] == "navigate" ? null
            : Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var page) ? page.GetLeftPart(UriPartial.Authority)
            : "";
    }

    private static bool IsAllowed(string origin, HttpRequest request, DoorOptions current, bool isLocal)
    {
        if (current.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && (IsOwn(uri, request) || (isLocal && IsLoopbackName(uri.Host)));
    }

    /// <summary>A page of the same host and port. A page that came in the clear may have been changed on its way: it does not count where TLS is used.</summary>
    private static bool IsOwn(Uri origin, HttpRequest request) =>
        origin.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase) && (origin.Scheme == Uri.UriSchemeHttps || !request.IsHttps);

    private Task RefuseAsync(HttpContext context, string reason)
    {
        audit.Refused(null, null, "request", $"{context.Request.Host.Value} {context.Request.Headers.Origin}", reason, context.Connection.RemoteIpAddress);
        return Refusals.WriteAsync(context, metrics, StatusCodes.Status403Forbidden, reason);
    }
}
