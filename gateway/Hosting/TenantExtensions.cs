using Tidings.Gateway.Identity;

namespace Tidings.Gateway.Hosting;

/// <summary>Whose request it is.</summary>
internal static class TenantExtensions
{
    /// <summary>The caller's tenant; <c>default</c> for whom the application around the server knows, whatever it says of them.</summary>
    public static string Tenant(this HttpContext context) => CallerIdentity.Of(context.User)?.Caller.Tenant ?? ChannelId.DefaultTenant;

    /// <summary>The client's address; null where a connection has none.</summary>
    public static string? Peer(this HttpContext context) => context.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;
}
