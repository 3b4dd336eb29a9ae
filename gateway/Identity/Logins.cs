using System.Text.Json;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Identity;

/// <summary>Begins and prolongs log-ins, of which a user has so many at most (<see cref="TidingsLimits.LoginsPerUser"/>).</summary>
internal sealed class Logins(IIdentityStorage storage, IOptions<TidingsLimits> limits, GatewayMetrics metrics)
{
    private static readonly KeyValuePair<string, object?> Limit = new("limit", "user");

    /// <summary>Begins one.</summary>
    public async ValueTask BeginAsync(string id, Grant grant, TimeSpan lifetime)
    {
        await storage.PutAsync(IdentityTables.Grants, id, Write(grant), lifetime);
        await OwnAsync(id, grant, lifetime);
    }

    /// <summary>Prolongs one that is still as it is expected. False if it is another by now, or none.</summary>
    public async ValueTask<bool> ProlongAsync(string id, string expected, Grant grant, TimeSpan lifetime)
    {
        if (!await storage.ReplaceAsync(IdentityTables.Grants, id, expected, Write(grant), lifetime))
        {
            return false;
        }

        await OwnAsync(id, grant, lifetime);
        return true;
    }

    private async ValueTask OwnAsync(string id, Grant grant, TimeSpan lifetime) =>
        metrics.LoginsEnded.Add(await storage.OwnAsync($"{grant.Tenant}/{grant.User}", id, lifetime, limits.Value.LoginsPerUser), Limit);

    private static string Write(Grant grant) => JsonSerializer.Serialize(grant, AccountJson.Default.Grant);
}
