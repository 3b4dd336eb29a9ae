using Microsoft.AspNetCore.Routing.Template;

namespace Tidings.Gateway.Personium;

/// <summary>What begins the server's own paths and is therefore no cell. Such a path comes here when its method is not served, or when nothing is.</summary>
internal static class ReservedPaths
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "admin", "api", "cep", "channels", "cometd", "devicecontrol", "health", "login", "notification", "openapi", "s", "token",
    };

    public static bool Contains(string cell) => Names.Contains(cell);

    /// <summary>HTTP 405 with the methods there are, or 404 (RFC 9110, section 15.5).</summary>
    public static void Refuse(HttpContext context)
    {
        var methods = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => IsOwn(endpoint, context.Request.Path))
            .SelectMany(static endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToArray();
        context.Response.StatusCode = methods.Length > 0 ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status404NotFound;
        if (methods.Length > 0)
        {
            context.Response.Headers.Allow = string.Join(", ", methods);
        }
    }

    private static bool IsOwn(RouteEndpoint endpoint, PathString path) =>
        endpoint.RoutePattern.PathSegments is [{ Parts: [Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart] }, ..]
        && new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []).TryMatch(path, []);
}
