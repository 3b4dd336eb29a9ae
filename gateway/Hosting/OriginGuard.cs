using System.Net;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Refuses what a browser was tricked into: requests to a local server under a foreign host name (DNS rebinding), and requests of pages
/// from origins that are not allowed (cross-site WebSockets and posts carry no preflight). RFC 6454, RFC 6455 section 10.2.
/// </summary>
internal sealed class OriginGuard(RequestDelegate next, IOptionsMonitor<DoorOptions> options)
{
    public Task InvokeAsync(HttpContext context)
    {
        var current = options.CurrentValue;
        if (!current.Anonymous && !IsLoopbackName(context.Request.Host.Host))
        {
            return RefuseAsync(context, "This server answers to loopback names only. Set Tidings:Anonymous to serve others.");
        }

        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsAllowed(origin, context.Request, current))
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

    private static bool IsAllowed(string origin, HttpRequest request, DoorOptions current)
    {
        if (current.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && (uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)
                || (!current.Anonymous && IsLoopbackName(uri.Host)));
    }

    private static Task RefuseAsync(HttpContext context, string reason)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason);
    }
}
