using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity.Admin;

/// <summary>
/// How many users and API keys a tenant may have (<see cref="TidingsLimits.UsersPerTenant"/>, <see cref="TidingsLimits.KeysPerTenant"/>). What is stored is
/// counted anew after a while, and until then each one that is let in here is added: gateways that let some in at the same time may come out
/// a little above the bound.
/// </summary>
internal sealed class AccountQuota(IUserStore store, IOptions<TidingsLimits> limits, TimeProvider time, GatewayMetrics metrics)
{
    private static readonly TimeSpan CountLife = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Count> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Count> _keys = new(StringComparer.Ordinal);

    /// <summary>Null where a user may be written, who may be there already; otherwise why not.</summary>
    public async ValueTask<string?> RefuseUserAsync(string tenant, string user) =>
        await store.FindUserAsync(tenant, user) is null
            && !await TryAddAsync(_users, tenant, limits.Value.UsersPerTenant, "users", async () => (await store.UsersAsync(tenant)).Count)
            ? $"A tenant has at most {limits.Value.UsersPerTenant} users."
            : null;

    /// <summary>Null where one more API key may be made; otherwise why not.</summary>
    public async ValueTask<string?> RefuseKeyAsync(string tenant) =>
        await TryAddAsync(_keys, tenant, limits.Value.KeysPerTenant, "api_keys", async () => (await store.KeysAsync(tenant)).Count)
            ? null
            : $"A tenant has at most {limits.Value.KeysPerTenant} API keys.";

    /// <summary>Some were removed: who is counted next is counted anew.</summary>
    public void Removed(string tenant)
    {
        _users.TryRemove(tenant, out _);
        _keys.TryRemove(tenant, out _);
    }

    private async ValueTask<bool> TryAddAsync(ConcurrentDictionary<string, Count> counts, string tenant, int most, string reason, Func<ValueTask<int>> countAsync)
    {
        if (!counts.TryGetValue(tenant, out var count) || time.GetElapsedTime(count.TakenAt) > CountLife)
        {
            var takenAt = time.GetTimestamp();
            counts[tenant] = count = new Count(takenAt, await countAsync());
        }

        if (count.TryAdd(most))
        {
            return true;
        }

        metrics.Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
        return false;
    }

    private sealed class Count(long takenAt, int stored)
    {
        private int _stored = stored;

        public long TakenAt => takenAt;

        public bool TryAdd(int most)
        {
            var added = Interlocked.Increment(ref _stored) <= most;
            if (!added)
            {
                Interlocked.Decrement(ref _stored);
            }

            return added;
        }
    }
}
