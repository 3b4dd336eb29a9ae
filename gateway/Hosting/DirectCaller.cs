using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Marks requests that come from this machine itself with nothing in between. Looks before forwarded headers are worked in, as a request
/// that a proxy on this machine passes on comes from loopback, too.
/// </summary>
internal sealed class DirectCaller(RequestDelegate next)
{
    private static readonly string[] SignsOfAProxy =
    [
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Forwarded-Server",
        "X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Real-IP",
    ];

    private static readonly Mark Direct = new(true);
    private static readonly Mark Indirect = new(false);

    public Task InvokeAsync(HttpContext context)
    {
        context.Features.Set(IsDirect(context) ? Direct : Indirect);
        return next(context);
    }

    /// <summary>Whether the request was marked as a direct one of this machine.</summary>
    public static bool Is(HttpContext context) => context.Features.Get<Mark>() is { IsDirect: true };

    private static bool IsDirect(HttpContext context) =>
        IsOfThisMachine(context) && !Array.Exists(SignsOfAProxy, context.Request.Headers.ContainsKey);

    /// <summary>A connection without addresses is a Unix socket's or a test server's.</summary>
    private static bool IsOfThisMachine(HttpContext context) =>
        context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);

    private sealed record Mark(bool IsDirect);
}
