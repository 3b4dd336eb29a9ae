using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Identity.Admin;

namespace Tidings.Gateway.Administration;

/// <summary>Channels, who listens, and what their logs hold: <c>/api/admin/channels</c>, <c>/api/admin/messages</c>.</summary>
internal static class ChannelAdmin
{
    private const int UsualPeek = 20;

    public static void MapChannelAdmin(this IEndpointRouteBuilder group)
    {
        group.MapGet("/channels", ListAsync).WithName("ListChannels").WithSummary("Lists channels that begin with the query, or match it").Produces<Page<ChannelJson>>();
        group.MapGet("/channels/{**path}", GetAsync).WithName("GetChannel").WithSummary("Shows a channel's log and who listens").Produces<ChannelDetailJson>();
        group.MapGet("/messages/{**path}", PeekAsync).WithName("PeekChannel").WithSummary("Reads a channel's log, without after its last messages").Produces<LogPage>();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, IClusterClient cluster, string? query = null, string? tenant = null, string? after = null, int limit = 100)
    {
        if (!AdminScope.TryTenant(context, tenant, out var whose, out var refusal))
        {
            return refusal!;
        }

        if (!AdminScope.IsPage(limit))
        {
            return AdminScope.BadPage();
        }

        var page = await cluster.GetGrain<IClusterGrain>(0).Channels(new ChannelQuery(whose, query, after, limit));
        var admin = context.Admin();
        return TypedResults.Ok(new Page<ChannelJson>(
            [.. page.Channels.Where(channel => MaySee(admin, channel.Name)).Select(channel => ChannelJson.Of(whose, channel))],
            page.Channels.Length == limit ? page.Channels[^1].Name : null,
            page.IsIncomplete));
    }

    private static async Task<IResult> GetAsync(string path, HttpContext context, IClusterClient cluster, IOptions<TidingsLimits> limits, string? tenant = null) =>
        TryChannel(path, tenant, context, limits.Value, out var channel, out var refusal)
            ? await cluster.GetGrain<IClusterGrain>(0).Channel(channel) is { } found
                ? TypedResults.Ok(ChannelDetailJson.Of(channel.Tenant, found))
                : TenantAdmin.Unknown()
            : refusal!;

    private static async Task<IResult> PeekAsync(
        string path, HttpContext context, IClusterClient cluster, IOptions<TidingsLimits> limits, string? tenant = null, long? after = null, int limit = UsualPeek)
    {
        if (!TryChannel(path, tenant, context, limits.Value, out var channel, out var refusal))
        {
            return refusal!;
        }

        if (!AdminScope.IsPage(limit))
        {
            return AdminScope.BadPage();
        }

        var grain = cluster.GetGrain<IChannelGrain>(channel.ToKey());
        var from = after ?? (await grain.Read(long.MaxValue - 1, 1)).Head.Offset - limit;
        var read = await grain.Read(Math.Max(0, from), limit);
        return TypedResults.Ok(LogPage.Of(channel, read));
    }

    private static bool TryChannel(string path, string? tenant, HttpContext context, TidingsLimits limits, out ChannelId channel, out IResult? refusal)
    {
        channel = default;
        refusal = null;
        if (!AdminScope.TryTenant(context, tenant, out var whose, out var foreign))
        {
            refusal = foreign;
        }
        else if (!ChannelName.TryNormalize("/" + path, limits, out var name) || ChannelName.IsPattern(name))
        {
            refusal = AdminFilter.Problem(StatusCodes.Status400BadRequest, "The path is not a channel name.");
        }
        else if (ChannelName.KindOf(name) != ChannelKind.Broadcast || !MaySee(context.Admin(), name))
        {
            refusal = AdminFilter.Problem(StatusCodes.Status403Forbidden, "Nobody reads here.");
        }
        else
        {
            channel = new ChannelId(whose, name);
        }

        return refusal is null;
    }

    private static bool MaySee(Identity.Caller admin, string channel) =>
        !SystemChannels.Contains(channel) || ServerChannels.MaySee(admin.Tenant, admin.Roles, channel);
}
