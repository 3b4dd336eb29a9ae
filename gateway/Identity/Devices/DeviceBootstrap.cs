using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity.Devices;

/// <summary>The credentials of a device, which nothing but the device keeps: the store has the password's hash.</summary>
internal sealed record DeviceCredentials(string Tenant, string User, string Password);

/// <summary>Gives accepted devices a user of their own. The password is made when the device asks, so none waits anywhere.</summary>
internal sealed class DeviceBootstrap(
    DeviceAcceptances acceptances, IUserStore store, IPasswordHasher<User> hasher, IOptions<DeviceOptions> options, IAudit audit, TimeProvider time)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int PasswordLength = 32; // 190 bits

    /// <summary>The credentials of a device; null if the caller may not ask, or nobody accepted the device.</summary>
    public async ValueTask<DeviceCredentials?> FetchAsync(HttpContext context, string device)
    {
        if (!options.Value.Bootstrap
            || CallerIdentity.Of(context.User)?.Caller.Roles.Contains(BuiltInRoles.DeviceBootstrap) != true
            || !IdentityName.IsValid(device)
            || await acceptances.FindAsync(device) is not { } accepted)
        {
            return null;
        }

        var password = RandomNumberGenerator.GetString(Alphabet, PasswordLength);
        var changed = await store.ChangeUserAsync(
            accepted.Tenant, accepted.User, old => old is { Disabled: false } ? old with { PasswordHash = hasher.HashPassword(old, password) } : null);
        if (changed.Value is not { } user)
        {
            return null;
        }

        await acceptances.SaveAsync(accepted with { Expires = Earlier(accepted.Expires, time.GetUtcNow() + options.Value.RepeatFor) });
        audit.Changed(accepted.Tenant, user.Name, "device credentials", device, context.Connection.RemoteIpAddress);
        return new DeviceCredentials(accepted.Tenant, user.Name, password);
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
