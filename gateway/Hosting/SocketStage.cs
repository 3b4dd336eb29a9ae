using Microsoft.AspNetCore.Http.Features;

namespace Tidings.Gateway.Hosting;

/// <summary>A socket that an endpoint accepted and leaves to <see cref="SocketStage"/>.</summary>
internal interface IOpenSocket
{
    /// <summary>Serves the socket until it is closed.</summary>
    Task RunAsync();
}

/// <summary>
/// Serves sockets once their upgrade has passed back out of all other middleware. A socket lives for days, and each would otherwise keep what
/// middleware had at hand for one request: authentication handlers, the services of the request, a waiting task for every layer.
/// </summary>
internal sealed class SocketStage(RequestDelegate next, IServiceScopeFactory scopes, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (IsUpgradable(context) && !ServerEndpoint.IsForeign(context) && context.Features.Get<IHttpRequestLifetimeFeature>() is { } connection)
        {
            context.Features.Set<IHttpRequestLifetimeFeature>(new LateAbort(connection, time));
        }

        await next(context);
        if (context.Features.Get<IOpenSocket>() is { } socket)
        {
            await ReleaseServicesAsync(context);
            await socket.RunAsync();
        }
    }

    private static bool IsUpgradable(HttpContext context) => context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Ends the request's scope of services; who asks the request for services later gets a scope that ends with the socket.</summary>
    private async ValueTask ReleaseServicesAsync(HttpContext context)
    {
        var used = context.Features.Get<IServiceProvidersFeature>();
        context.Features.Set<IServiceProvidersFeature>(new RequestServicesFeature(context, scopes));
        if (used is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }
}
