using Microsoft.Extensions.Options;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>Registers and maps Personium's front end.</summary>
internal static class PersoniumRegistration
{
    private static readonly string[] Methods =
        ["GET", "POST", "PUT", "DELETE", "OPTIONS", "MKCOL", "PROPFIND", "PROPPATCH", "ACL", "REPORT", "MOVE", "HEAD", "MERGE"];

    public static void AddPersonium(this IServiceCollection services)
    {
        services.AddOptions<PersoniumOptions>().BindConfiguration(PersoniumOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.Configure<RouteOptions>(static routes => routes.SetParameterPolicy<CellConstraint>(CellConstraint.Name));
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
        routes.MapGroup($"/{{{PersoniumCall.CellValue}:{CellConstraint.Name}}}").MapCell(order: 0);
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
        group.MapMethods("/__topic/{box}/{path}", ["GET"], static (HttpContext context, TopicSocketEndpoint sockets) => sockets.OpenAsync(PersoniumCall.Of(context)));
        group.MapMethods("/__token", ["POST"], static (HttpContext context, PersoniumTokens tokens) => ServeAsync(context, tokens.TokenAsync));
        group.MapMethods("/__introspect", ["POST"], static (HttpContext context, PersoniumTokens tokens) => ServeAsync(context, tokens.IntrospectAsync));
        group.MapMethods("/{box:regex(^[^_].*$)}/{**path}", Methods, static (HttpContext context, CollectionEndpoint collections, StreamEndpoint streams) =>
            ServeAsync(context, call => StreamPath.TryParse(call.Path, out var stream) ? streams.ServeAsync(call, stream) : collections.ServeAsync(call)));
    }

    /// <summary>A cluster that does not answer is a passing state.</summary>
    private static async Task ServeAsync(HttpContext context, Func<PersoniumCall, Task<PersoniumAnswer>> serve)
    {
        var call = PersoniumCall.Of(context);
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

/// <summary>What a cell may be called in a path: not what begins the server's own paths.</summary>
internal sealed class CellConstraint : IRouteConstraint
{
    public const string Name = "cell";

    private const int MaxLength = 128;

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "admin", "api", "cep", "channels", "cometd", "devicecontrol", "health", "login", "notification", "openapi", "s", "token",
    };

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values[routeKey] is string { Length: > 0 and <= MaxLength } cell
        && char.IsAsciiLetterOrDigit(cell[0])
        && cell.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
        && !Reserved.Contains(cell);
}
