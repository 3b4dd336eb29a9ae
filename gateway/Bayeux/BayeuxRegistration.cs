using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Bayeux;

/// <summary>Registers and maps the Bayeux front end.</summary>
internal static class BayeuxRegistration
{
    public static void AddBayeux(this IServiceCollection services)
    {
        services.AddSingleton<BayeuxReplies>();
        services.AddSingleton<IExtCredentialsReader, AuthenticationExt>();
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
    public static void MapBayeux(this IEndpointRouteBuilder routes, string path)
    {
        routes.MapPost(path + "/{**type}", static (HttpContext context, BayeuxEndpoint endpoint) => endpoint.PostAsync(context)).WithMetadata(new CredentialsInMessages()).ExcludeFromDescription();
        routes.MapGet(path + "/{**type}", GetAsync).WithMetadata(new CredentialsInMessages()).ExcludeFromDescription();
        routes.MapMethods(path + "/{**type}", [HttpMethods.Options], static () => Results.Ok()).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task GetAsync(HttpContext context, BayeuxEndpoint endpoint, BayeuxSocketServices services, IOptionsMonitor<BayeuxOptions> options)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await endpoint.GetAsync(context);
            return;
        }

        var current = options.CurrentValue;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            DangerousEnableCompression = current.WebSocketCompression,
            KeepAliveInterval = current.WebSocketPing,
            KeepAliveTimeout = current.WebSocketPing,
        });
        await new BayeuxSocket(socket, context, services).RunAsync();
    }
}
