using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>Registers and maps Personium's front end.</summary>
internal static class PersoniumRegistration
{
    private const string CellName = "regex(^[A-Za-z0-9][A-Za-z0-9_-]{{0,127}}$)";

    private static readonly string[] Methods =
        ["GET", "POST", "PUT", "DELETE", "OPTIONS", "MKCOL", "PROPFIND", "PROPPATCH", "ACL", "REPORT", "MOVE", "HEAD", "MERGE"];

    public static void AddPersonium(this IServiceCollection services)
    {
        services.AddOptions<PersoniumOptions>().BindConfiguration(PersoniumOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddLatestMonitor<PersoniumOptions>();
        services.AddSingleton<PersoniumAccess>();
        services.AddSingleton<CollectionEndpoint>();
        services.AddSingleton<StreamDirectory>();
        services.AddSingleton<StreamEndpoint>();
        services.AddSingleton<PersoniumTokens>();
        services.AddSingleton<TopicTokens>();
        services.AddSingleton<TopicDeliveryCodec>();
        services.AddSingleton<TopicSocketEndpoint>();
    }

    public static void MapPersonium(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup($"/{{{PersoniumCall.CellValue}:{CellName}}}").MapCell(order: 0);
        if (routes.ServiceProvider.GetRequiredService<IOptions<PersoniumOptions>>().Value.UnitFqdn is { Length: > 0 } unit)
        {
            // Before every other route, as a cell's host serves nothing else.
            var host = routes.MapGroup("").RequireHost($"*.{unit}");
            host.MapCell(order: -2);
            host.Map("/{**rest}", static context => PersoniumAnswer.Error(PersoniumError.NotFound, context.Request.Path).WriteAsync(PersoniumCall.Of(context)))
                .AllowAnonymous().ExcludeFromDescription().WithOrder(-1);
        }
    }

    /// <summary>Personium asks for credentials itself: in frames, and with errors of its own.</summary>
    private static void MapCell(this IEndpointRouteBuilder routes, int order)
    {
        var group = routes.MapGroup("").ExcludeFromDescription().AllowAnonymous().WithMetadata(new PersoniumRefusal()).WithOrder(order);
        group.MapMethods("/__topic/{box}/{path}", SocketMethods.All, static (HttpContext context, TopicSocketEndpoint sockets) => sockets.OpenAsync(PersoniumCall.Of(context)))
            .WithMetadata(OwnCredentials.Instance, OwnPings.Instance);
        group.MapMethods("/__token", ["POST"], static (HttpContext context, PersoniumTokens tokens) => ServeAsync(context, tokens.TokenAsync))
            .WithMetadata(OwnCredentials.Instance);
        group.MapMethods("/__introspect", ["POST"], static (HttpContext context, PersoniumTokens tokens) => ServeAsync(context, tokens.IntrospectAsync));
        group.MapMethods("/{box:regex(^[^_].*$)}/{**path}", Methods, static (HttpContext context, CollectionEndpoint collections, StreamEndpoint streams) =>
            ServeAsync(context, call => StreamPath.TryParse(call.Path, out var stream) ? streams.ServeAsync(call, stream) : collections.ServeAsync(call)));
    }

    /// <summary>A cluster that does not answer is a passing state.</summary>
    private static async Task ServeAsync(HttpContext context, Func<PersoniumCall, Task<PersoniumAnswer>> serve)
    {
        var call = PersoniumCall.Of(context);
        if (!call.IsByHost && ReservedPaths.Contains(call.Cell))
        {
            ReservedPaths.Refuse(context);
            return;
        }

        PersoniumAnswer answer;
        try
        {
            answer = await serve(call);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            answer = PersoniumAnswer.Unavailable;
        }

        await answer.WriteAsync(call);
    }
}
