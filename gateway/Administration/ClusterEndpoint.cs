using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Admin;

namespace Tidings.Gateway.Administration;

/// <summary>The cluster map, and draining a gateway: <c>/api/admin/status</c>, <c>/api/admin/gateways/{id}/drain</c>.</summary>
internal static class ClusterEndpoint
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromHours(1);
    private const int UsualDrainSeconds = 30;

    public static void MapCluster(this IEndpointRouteBuilder group)
    {
        group.MapGet("/status", StatusAsync).WithName("ClusterStatus").WithSummary("Shows the cluster; its silos and gateways to operators only").Produces<StatusView>();
        group.MapPost("/gateways/{id}/drain", DrainAsync).WithName("DrainGateway").WithSummary("Moves a gateway's sessions to the others")
            .Produces<DrainView>(StatusCodes.Status202Accepted);
        group.MapDelete("/gateways/{id}/drain", UndrainAsync).WithName("UndrainGateway").WithSummary("Ends moving sessions away").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> StatusAsync(HttpContext context, IClusterClient cluster, ClusterFacts facts, TimeProvider time)
    {
        var view = new StatusView
        {
            Version = ProcessMeter.VersionOf(typeof(ClusterEndpoint).Assembly),
            ClusterId = facts.ClusterId,
            Standalone = facts.IsStandalone,
            Time = time.GetUtcNow(),
        };
        var directory = cluster.GetGrain<IGatewayDirectoryGrain>(0);
        if (!AdminFilter.IsOperator(context.Admin()))
        {
            directory.Watch(context.Admin().Tenant).Ignore();
            return TypedResults.Ok(view);
        }

        var gateways = directory.Gateways();
        var state = await cluster.GetGrain<IClusterGrain>(0).State();
        return TypedResults.Ok(view with
        {
            Silos = Array.ConvertAll(state.Silos, NodeView.Of),
            Gateways = Array.ConvertAll(await gateways, NodeView.Of),
            Redis = new StoreView(state.HasStore, state.IsHealthy),
        });
    }

    private static async Task<IResult> DrainAsync(
        string id, HttpContext context, IClusterClient cluster, ClusterFacts facts, IdentityAudit audit)
    {
        if (Refusal(context, facts) is { } refusal)
        {
            return refusal;
        }

        if (await OverAsync(context.Request) is not { } over)
        {
            return AdminFilter.Problem(StatusCodes.Status400BadRequest, $"seconds is a number from 0 to {LongestDrain.TotalSeconds:0}.");
        }

        if (await cluster.GetGrain<IGatewayDirectoryGrain>(0).Order(id, new DrainOrder(true, over)) is not { } gateway)
        {
            return TenantAdmin.Unknown();
        }

        audit.Changed(context, "gateway.drain", id);
        return TypedResults.Accepted((string?)null, new DrainView(id, NodeView.Draining, gateway.Sessions));
    }

    /// <summary>Over how long sessions are to be moved, as a body says, which need not be there; null where it says something else.</summary>
    private static async Task<TimeSpan?> OverAsync(HttpRequest request)
    {
        try
        {
            var said = request.HasJsonContentType() ? await request.ReadFromJsonAsync<DrainRequest>(request.HttpContext.RequestAborted) : null;
            var over = TimeSpan.FromSeconds(said?.Seconds ?? UsualDrainSeconds);
            return over >= TimeSpan.Zero && over <= LongestDrain ? over : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static async Task<IResult> UndrainAsync(string id, HttpContext context, IClusterClient cluster, ClusterFacts facts, IdentityAudit audit)
    {
        if (Refusal(context, facts) is { } refusal)
        {
            return refusal;
        }

        if (await cluster.GetGrain<IGatewayDirectoryGrain>(0).Order(id, new DrainOrder(false, TimeSpan.Zero)) is null)
        {
            return TenantAdmin.Unknown();
        }

        audit.Changed(context, "gateway.undrain", id);
        return TypedResults.NoContent();
    }

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult? Refusal(HttpContext context, ClusterFacts facts) =>
        !AdminFilter.IsOperator(context.Admin()) ? AdminFilter.Problem(StatusCodes.Status403Forbidden, "Operators only.")
        : facts.IsStandalone ? AdminFilter.Problem(StatusCodes.Status409Conflict, "A server that stands alone has nowhere to move sessions to.")
        : null;
}
