using Microsoft.Extensions.Options;
using Tidings.Gateway.Bayeux.Cumulocity;
using Tidings.Gateway.Hosting;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.Bayeux;

/// <summary>Registers and maps the Bayeux front end.</summary>
internal static class BayeuxRegistration
{
    public static void AddBayeux(this IServiceCollection services)
    {
        services.AddOptions<CumulocityOptions>().BindConfiguration(CumulocityOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddLatestMonitor<CumulocityOptions>();
        services.AddHostedService<ConnectionBound>();
        services.AddSingleton<StandardDialect>();
        services.AddSingleton<IExtCredentialsReader, AuthenticationExt>();
        services.AddSingleton<IExtCredentialsReader, CumulocityExt>();
        services.AddSingleton<BayeuxCallers>();
        services.AddSingleton<BayeuxHandshake>();
        services.AddSingleton<BayeuxConnects>();
        services.AddSingleton<BayeuxSubscriptions>();
        services.AddSingleton<BayeuxPublishes>();
        services.AddSingleton<BayeuxServices>();
        services.AddSingleton<BayeuxExtensions>();
        services.AddSingleton<BayeuxProcessor>();
        services.AddSingleton<BayeuxChannelRules>();
        services.AddSingleton<BayeuxBrowsers>();
        services.AddSingleton<BayeuxResponses>();
        services.AddSingleton<LongPolls>();
        services.AddSingleton<BayeuxEndpoint>();
        services.AddSingleton<BayeuxSocketServices>();
    }

    /// <summary>Serves Bayeux at a path and below it: clients append the message type, which means nothing.</summary>
    public static void MapBayeux(this IEndpointRouteBuilder routes, string path) =>
        routes.Map(path, routes.ServiceProvider.GetRequiredService<StandardDialect>());

    /// <summary>Serves JSON on the real-time endpoints of Cumulocity's API: requests without an X-Id, which SmartREST has.</summary>
    public static void MapCumulocityBayeux(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptionsMonitor<CumulocityOptions>>();
        var dialects = Enum.GetValues<RealtimeEndpointKind>().ToDictionary(static kind => kind, kind => new CumulocityDialect(kind, options));
        foreach (var (path, kind) in RealtimeEndpoints.All)
        {
            routes.Map(path, dialects[kind]).WithMetadata(new HeaderCondition("X-Id", IsPresent: false));
        }
    }

    /// <returns>Where messages are posted.</returns>
    private static RouteHandlerBuilder Map(this IEndpointRouteBuilder routes, string path, BayeuxDialect dialect)
    {
        routes.MapMethods(path + "/{**type}", SocketMethods.All, (HttpContext context, BayeuxEndpoint endpoint, BayeuxSocketServices services, IOptionsMonitor<BayeuxOptions> options) =>
            GetAsync(context, dialect, endpoint, services, options)).WithMetadata(new CredentialsInMessages()).ExcludeFromDescription();
        routes.MapMethods(path + "/{**type}", [HttpMethods.Options], static () => Results.Ok()).AllowAnonymous().ExcludeFromDescription();
        return routes.MapPost(path + "/{**type}", (HttpContext context, BayeuxEndpoint endpoint) => endpoint.PostAsync(context, dialect))
            .WithMetadata(new CredentialsInMessages()).ExcludeFromDescription();
    }

    private static async Task GetAsync(
        HttpContext context, BayeuxDialect dialect, BayeuxEndpoint endpoint, BayeuxSocketServices services, IOptionsMonitor<BayeuxOptions> options)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await endpoint.GetAsync(context, dialect);
            return;
        }

        var current = options.CurrentValue;
        var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            DangerousEnableCompression = current.WebSocketCompression,
            KeepAliveInterval = current.WebSocketPing,
            KeepAliveTimeout = current.WebSocketPing,
        });
        context.Features.Set<IOpenSocket>(new BayeuxSocket(socket, context, dialect, services));
    }
}
