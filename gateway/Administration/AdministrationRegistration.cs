using Microsoft.AspNetCore.Mvc;
using Tidings.Gateway.Identity.Admin;

namespace Tidings.Gateway.Administration;

/// <summary>Registers and maps what administrators look through.</summary>
internal static class AdministrationRegistration
{
    private const int MostBytes = 4 * 1024;

    public static void AddAdministration(this IServiceCollection services, ClusterFacts facts)
    {
        services.AddSingleton(facts);
        services.AddSingleton<GatewayDrain>();
        services.AddHostedService<GatewayReporter>();
        services.AddHostedService<AuditPublisher>();
    }

    public static void MapAdministration(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/admin").WithTags("Administration").AllowAnonymous().WithMetadata(new RequestSizeLimitAttribute(MostBytes))
            .AddEndpointFilter(AdminFilter.CheckAsync)
            .AddEndpointFilter(OfSilentClusterAsync)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.MapCluster();
        group.MapSessions();
        group.MapChannelAdmin();
    }

    /// <summary>A cluster that does not answer is a passing state, not an error of ours.</summary>
    private static async ValueTask<object?> OfSilentClusterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            context.HttpContext.Response.Headers.RetryAfter = "2";
            return AdminFilter.Problem(StatusCodes.Status503ServiceUnavailable, "The cluster does not answer; try again.");
        }
    }
}
