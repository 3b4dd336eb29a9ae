using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>Whether a caller without credentials is served (see <see cref="DoorOptions.Anonymous"/>).</summary>
internal sealed class AnonymousAccess(IOptionsMonitor<DoorOptions> options, IHostEnvironment environment)
{
    /// <summary>Whether the request needs no credentials.</summary>
    public bool Allows(HttpContext context) => options.CurrentValue.Anonymous ?? IsDeveloper(context);

    /// <summary>Whether any request at all needs no credentials; where not, sessions of callers without any end, too.</summary>
    public bool IsPossible => options.CurrentValue.Anonymous ?? environment.IsDevelopment();

    /// <summary>Calls back when that may have changed.</summary>
    public IDisposable? OnChange(Action changed) => options.OnChange((_, _) => changed());

    private bool IsDeveloper(HttpContext context) =>
        environment.IsDevelopment() && DirectCaller.Is(context) && OriginGuard.IsLoopbackName(context.Request.Host.Host) && IsOwnPage(context.Request);

    private static bool IsOwnPage(HttpRequest request) => request.Headers.Origin.ToString() is not { Length: > 0 } origin
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && OriginGuard.IsLoopbackName(uri.Host));
}
