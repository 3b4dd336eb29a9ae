namespace Tidings.Gateway.Hosting;

/// <summary>Whose request it is.</summary>
internal static class TenantExtensions
{
    /// <summary>The caller's tenant.</summary>
    public static string Tenant(this HttpContext context) => context.User.FindFirst("tenant")?.Value ?? ChannelId.DefaultTenant;

    /// <summary>The client's address; null where a connection has none.</summary>
    public static string? Peer(this HttpContext context) => context.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;
}
