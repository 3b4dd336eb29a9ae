using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Admin;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Administration;

/// <summary>Sessions by their public ids: <c>/api/admin/sessions</c>. Their secret ids are known to nobody but their clients.</summary>
internal static class SessionsEndpoint
{
    public static void MapSessions(this IEndpointRouteBuilder group)
    {
        group.MapGet("/sessions", ListAsync).WithName("ListSessions").WithSummary("Finds sessions by a part of the id, user, address or protocol").Produces<Page<SessionJson>>();
        group.MapGet("/sessions/{id}", GetAsync).WithName("GetSession").WithSummary("Shows a session's subscriptions and where it stands in each").Produces<SessionDetailJson>();
        group.MapDelete("/sessions/{id}", EndAsync).WithName("EndSession").WithSummary("Ends a session; its client is told not to come back").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, IClusterClient cluster, string? query = null, string? tenant = null, string? after = null, int limit = 100)
    {
        if (!AdminScope.TryTenants(context, tenant, out var whose, out var refusal))
        {
            return refusal!;
        }

        if (!AdminScope.IsPage(limit))
        {
            return AdminScope.BadPage();
        }

        var page = await cluster.GetGrain<IClusterGrain>(0).Sessions(new SessionQuery(whose, query, after, limit));
        return TypedResults.Ok(new Page<SessionJson>(
            Array.ConvertAll(page.Sessions, SessionJson.Of), page.Sessions.Length == limit ? page.Sessions[^1].Id : null, page.IsIncomplete));
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, IClusterClient cluster) =>
        await cluster.GetGrain<IClusterGrain>(0).Session(AdminScope.TenantOfId(context), id) is { } found
            ? TypedResults.Ok(SessionDetailJson.Of(found))
            : TenantAdmin.Unknown();

    private static async Task<IResult> EndAsync(string id, HttpContext context, IClusterClient cluster, SessionDoor door, IdentityAudit audit)
    {
        if (await cluster.GetGrain<IClusterGrain>(0).Session(AdminScope.TenantOfId(context), id) is not { Session: var found }
            || !await door.CloseAsync(found.Tenant, id, SessionEnd.Kicked))
        {
            return TenantAdmin.Unknown();
        }

        audit.Changed(context, found.Tenant, "session.end", id);
        return TypedResults.NoContent();
    }
}
