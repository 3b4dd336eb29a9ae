namespace Tidings.Gateway.Hosting;

/// <summary>Whose request it is.</summary>
internal static class TenantExtensions
{
    /// <summary>The caller's tenant.</summary>
    public static string Tenant(this HttpContext context) => context.User.FindFirst("tenant")?.Value ?? ChannelId.DefaultTenant;
}
