using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>
/// Trims channels nobody writes to any more, found by the index of oldest entries, and forgets those nobody uses any more, found by the
/// index of use: in batches, so that no step keeps Redis from others for long.
/// </summary>
internal sealed class RedisLogSweeper(RedisCalls calls, RedisLogKeys keys, TidingsLimits limits, Func<string, bool> isGone)
{
    private const int ChannelsPerBatch = 64;
    private const int EntriesPerStep = 512;

    /// <summary>Drops every entry, and then every head, that is too old at a time in milliseconds since 1970 UTC.</summary>
    public async ValueTask SweepAsync(long now, CancellationToken cancellationToken)
    {
        now = Math.Min(now, await RedisNowAsync(cancellationToken));
        var oldestEntry = now - (long)limits.LogAge.TotalMilliseconds;
        var oldestUse = now - (long)limits.LogHeadAge.TotalMilliseconds;
        var (tenants, _) = await calls.RunAsync(database => database.SetMembersAsync(keys.Tenants), cancellationToken);
        foreach (var tenant in tenants.Select(static tenant => (string)tenant!))
        {
            await SweepAsync(tenant, keys.Oldest(tenant), oldestEntry, channel => TrimAsync(channel, oldestEntry, cancellationToken), cancellationToken);
            await SweepAsync(tenant, keys.Used(tenant), oldestUse, channel => ForgetAsync(channel, oldestUse, now, cancellationToken), cancellationToken);
        }
    }

    /// <summary>A silo whose clock is ahead of all others' must not take what is young for old, in all of the cluster's logs.</summary>
    private async ValueTask<long> RedisNowAsync(CancellationToken cancellationToken)
    {
        var (time, _) = await calls.RunAsync(static database => database.ExecuteAsync("TIME", [], CommandFlags.DemandMaster), cancellationToken);
        return ((long)time[0] * 1000) + ((long)time[1] / 1000);
    }

    // Ends because a step takes its channel out of the range read here, or drops entries until the next one does.
    private async ValueTask SweepAsync(
        string tenant, RedisKey index, long before, Func<ChannelId, ValueTask> step, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (names, _) = await calls.RunAsync(
                database => database.SortedSetRangeByScoreAsync(
                    index, double.NegativeInfinity, before, Exclude.Stop, Order.Ascending, 0, ChannelsPerBatch),
                cancellationToken);
            if (names.Length == 0)
                return;

            foreach (var name in names)
                await step(new ChannelId(tenant, (string)name!));
        }
    }

    private async ValueTask TrimAsync(ChannelId channel, long oldestEntry, CancellationToken cancellationToken) =>
        await calls.EvaluateAsync(
            RedisLogScripts.Trim,
            [keys.Head(channel), keys.Log(channel), keys.Oldest(channel.Tenant)],
            [channel.Name, oldestEntry, EntriesPerStep],
            cancellationToken);

    private async ValueTask ForgetAsync(ChannelId channel, long oldestUse, long now, CancellationToken cancellationToken)
    {
        await ForgetSilosAsync(keys.Silos(channel), cancellationToken);
        await calls.EvaluateAsync(
            RedisLogScripts.Forget,
            [
                keys.Head(channel), keys.Log(channel), keys.Silos(channel),
                keys.Changed(channel.Tenant), keys.Used(channel.Tenant), keys.Forgotten(channel.Tenant),
            ],
            [channel.Name, oldestUse, now],
            cancellationToken);
    }

    /// <summary>A silo that died still stands where it wanted a channel, which would keep that for ever.</summary>
    private async ValueTask ForgetSilosAsync(RedisKey silos, CancellationToken cancellationToken)
    {
        var (wanting, _) = await calls.RunAsync(database => database.SetMembersAsync(silos), cancellationToken);
        var gone = Array.FindAll(wanting, silo => isGone((string)silo!));
        if (gone.Length > 0)
        {
            await calls.RunAsync(database => database.SetRemoveAsync(silos, gone), cancellationToken);
        }
    }
}
