using System.Text.Json;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity.Admin;

/// <summary>Tenants and their roles.</summary>
internal static class TenantAdmin
{
    public static async Task<IResult> ListAsync(HttpContext context, IUserStore store)
    {
        var admin = context.Admin();
        var tenants = await store.TenantsAsync();
        return TypedResults.Ok(tenants.Where(tenant => AdminFilter.IsOperator(admin) || tenant.Name == admin.Tenant).Select(TenantView.Of).ToArray());
    }

    public static async Task<IResult> GetAsync(string tenant, HttpContext context, IUserStore store) =>
        await FindAsync(store, tenant) is { } found ? Preconditions.Show(context, found.Version, TenantView.Of(found)) : Unknown();

    public static async Task<IResult> PutAsync(string tenant, TenantChange change, HttpContext context, IUserStore store, IdentityAudit audit)
    {
        if (!AdminFilter.IsOperator(context.Admin()) || (change.Disabled && tenant == ChannelId.DefaultTenant))
        {
            return AdminFilter.Problem(StatusCodes.Status403Forbidden, "Operators add and disable tenants; the default one stays.");
        }

        if (!change.Again && await store.WasRemovedAsync(tenant) && await FindAsync(store, tenant) is null)
        {
            return AdminFilter.Problem(StatusCodes.Status409Conflict, "A tenant of this name was removed, and what it left would be the new one's. Choose another name, or say \"again\":true if it is the same one.");
        }

        Tenant? before = null;
        var changed = await store.ChangeTenantAsync(
            tenant, old => ((before = old) ?? new Tenant { Name = tenant }) with { Disabled = change.Disabled }, context.Request.Version());
        if (changed.Value is not { } now)
        {
            return Preconditions.Explain(changed.Status, null);
        }

        audit.Changed(context, $"tenant.{AdminFilter.VerbOf(before?.Disabled, now.Disabled)}", tenant);
        return Preconditions.Show(context, now.Version, TenantView.Of(now));
    }

    public static async Task<IResult> DeleteAsync(string tenant, HttpContext context, IUserStore store, IdentityAudit audit)
    {
        if (!AdminFilter.IsOperator(context.Admin()) || tenant == ChannelId.DefaultTenant)
        {
            return AdminFilter.Problem(StatusCodes.Status403Forbidden, "Operators remove tenants; the default one stays.");
        }

        var removed = await store.RemoveTenantAsync(tenant, context.Request.Version());
        if (removed != AccountChangeStatus.Done)
        {
            return Preconditions.Explain(removed, null);
        }

        audit.Changed(context, "tenant.remove", tenant);
        return TypedResults.NoContent();
    }

    public static async Task<IResult> PutRoleAsync(
        string tenant, string role, RoleOptions rules, HttpContext context, IUserStore store, IOptions<TidingsLimits> limits, GatewayMetrics metrics, IdentityAudit audit)
    {
        if (role is BuiltInRoles.Admin or BuiltInRoles.Operator)
        {
            return AdminFilter.Problem(StatusCodes.Status409Conflict, "This role is built in.");
        }

        if (IdentityOptionsCheck.RoleFaults(role, rules, limits.Value).FirstOrDefault() is { } fault)
        {
            return AdminFilter.Problem(StatusCodes.Status400BadRequest, fault);
        }

        IResult? refusal = null;
        var most = limits.Value.RoleBytesPerTenant;
        var changed = await store.ChangeTenantAsync(
            tenant,
            found =>
            {
                var next = found is null ? null : found with { Roles = new(found.Roles, StringComparer.Ordinal) { [role] = rules } };
                var isTooLarge = next is not null && JsonSerializer.SerializeToUtf8Bytes(next, AccountJson.Default.Tenant).Length > most;
                refusal = isTooLarge ? AdminFilter.Problem(StatusCodes.Status409Conflict, $"The roles of a tenant have at most {most} bytes.") : null;
                return isTooLarge ? null : next;
            },
            context.Request.Version());
        if (changed.Value is not { } now)
        {
            if (refusal is not null)
            {
                metrics.Refused.Add(1, new KeyValuePair<string, object?>("reason", "role_bytes"));
            }

            return Preconditions.Explain(changed.Status, refusal);
        }

        audit.Changed(context, "role.put", $"{tenant}/{role}");
        return Preconditions.Show(context, now.Version, rules);
    }

    public static async Task<IResult> DeleteRoleAsync(string tenant, string role, HttpContext context, IUserStore store, IdentityAudit audit)
    {
        var changed = await store.ChangeTenantAsync(
            tenant,
            found =>
            {
                var left = new Dictionary<string, RoleOptions>(found?.Roles ?? [], StringComparer.Ordinal);
                return left.Remove(role) ? found! with { Roles = left } : null;
            },
            context.Request.Version());
        if (changed.Value is null)
        {
            return Preconditions.Explain(changed.Status, null);
        }

        audit.Changed(context, "role.remove", $"{tenant}/{role}");
        return TypedResults.NoContent();
    }

    internal static async Task<Tenant?> FindAsync(IUserStore store, string name) => (await store.TenantsAsync()).FirstOrDefault(tenant => tenant.Name == name);

    internal static IResult Unknown() => AdminFilter.Problem(StatusCodes.Status404NotFound, "There is no such thing.");
}

/// <summary>A change to a tenant.</summary>
/// <param name="Disabled">Whether nobody of it is served.</param>
/// <param name="Again">Whether a tenant of this name that was removed is to be there again, with what it left: messages, templates, elements, collections.</param>
internal sealed record TenantChange(bool Disabled = false, bool Again = false);

/// <summary>A tenant as administrators see it.</summary>
internal sealed record TenantView(string Name, bool Disabled, IReadOnlyDictionary<string, RoleOptions> Roles)
{
    public static TenantView Of(Tenant tenant) => new(tenant.Name, tenant.Disabled, tenant.Roles);
}
