using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Identity.Admin;

namespace Tidings.Gateway.Identity.Devices;

/// <summary>Accepting devices: <c>/api/admin/tenants/{tenant}/devices/{device}</c>.</summary>
internal static class DeviceAdmin
{
    public static async Task<IResult> AcceptAsync(
        string tenant,
        string device,
        DeviceChange change,
        HttpContext context,
        DeviceAcceptances acceptances,
        IUserStore store,
        AccountQuota quota,
        IOptions<DeviceOptions> options,
        TimeProvider time,
        IdentityAudit audit)
    {
        if (!options.Value.Bootstrap)
        {
            return AdminFilter.Problem(StatusCodes.Status409Conflict, "Devices fetch no credentials here unless Tidings:Devices:Bootstrap=true.");
        }

        var roles = change.Roles ?? [];
        var accepted = new DeviceAcceptance { Device = device, Tenant = tenant, Expires = time.GetUtcNow() + options.Value.AcceptedFor };
        if (!IdentityName.IsValid(accepted.User) || roles.Any(static role => !IdentityName.IsValid(role)))
        {
            return AdminFilter.Problem(StatusCodes.Status400BadRequest, "A device's name is like a user's and at most 57 characters long, a role's is like a user's.");
        }

        if (roles.Contains(BuiltInRoles.Admin) || roles.Any(BuiltInRoles.IsAboveTenants))
        {
            return AdminFilter.Problem(StatusCodes.Status403Forbidden, "A device is no administrator.");
        }

        if (await TenantAdmin.FindAsync(store, tenant) is null)
        {
            return TenantAdmin.Unknown();
        }

        if (await acceptances.FindAsync(device) is { } other && other.Tenant != tenant)
        {
            return AdminFilter.Problem(StatusCodes.Status409Conflict, "The device is accepted by another tenant.");
        }

        if (await quota.RefuseUserAsync(tenant, accepted.User) is { } full)
        {
            return AdminFilter.Problem(StatusCodes.Status409Conflict, full);
        }

        // A device that comes again keeps its user and gets a new password.
        var changed = await store.ChangeUserAsync(
            tenant,
            accepted.User,
            user => user?.Roles.Any(BuiltInRoles.IsAboveTenants) == true
                ? null
                : (user ?? new User { Tenant = tenant, Name = accepted.User }) with { Roles = roles, Disabled = false });
        if (changed.Value is null)
        {
            return Preconditions.Explain(changed.Status, AdminFilter.Problem(StatusCodes.Status403Forbidden, "This user is no device."));
        }

        await acceptances.SaveAsync(accepted);
        audit.Changed(context, "device.accept", $"{tenant}/{device}");
        return TypedResults.Ok(new DeviceView(device, accepted.User, roles, accepted.Expires));
    }

    public static async Task<IResult> WithdrawAsync(string tenant, string device, HttpContext context, DeviceAcceptances acceptances, IdentityAudit audit)
    {
        if (await acceptances.FindAsync(device) is not { } accepted || accepted.Tenant != tenant)
        {
            return TenantAdmin.Unknown();
        }

        await acceptances.RemoveAsync(device);
        audit.Changed(context, "device.withdraw", $"{tenant}/{device}");
        return TypedResults.NoContent();
    }
}

/// <summary>The acceptance of a device.</summary>
/// <param name="Roles">The roles of its user. Default none.</param>
internal sealed record DeviceChange(IReadOnlyList<string>? Roles = null);

/// <summary>An accepted device.</summary>
/// <param name="Name">What the device calls itself.</param>
/// <param name="User">The user that it becomes.</param>
/// <param name="Roles">The user's roles.</param>
/// <param name="Until">Until when it may fetch its credentials.</param>
internal sealed record DeviceView(string Name, string User, IReadOnlyList<string> Roles, DateTimeOffset Until);
