using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>
/// Trims channels nobody writes to any more, found by the index of oldest entries: in batches, so that no step keeps Redis from others
/// for long.
/// </summary>
internal sealed class RedisLogSweeper(RedisCalls calls, RedisLogKeys keys)
{
    private const int ChannelsPerBatch = 64;
    private const int EntriesPerStep = 512;

    /// <summary>Drops every entry older than a time in milliseconds since 1970 UTC.</summary>
    public async ValueTask SweepAsync(long oldestTime, CancellationToken cancellationToken)
    {
        var (tenants, _) = await calls.RunAsync(database => database.SetMembersAsync(keys.Tenants), cancellationToken);
        foreach (var tenant in tenants)
            await SweepAsync((string)tenant!, oldestTime, cancellationToken);
    }

    // Ends because a step drops entries or moves its channel out of the range read here.
    private async ValueTask SweepAsync(string tenant, long oldestTime, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (names, _) = await calls.RunAsync(
                database => database.SortedSetRangeByScoreAsync(
                    keys.Oldest(tenant), double.NegativeInfinity, oldestTime, Exclude.Stop, Order.Ascending, 0, ChannelsPerBatch),
                cancellationToken);
            if (names.Length == 0)
                return;

            foreach (var name in names)
                await TrimAsync(new ChannelId(tenant, (string)name!), oldestTime, cancellationToken);
        }
    }

    private async ValueTask TrimAsync(ChannelId channel, long oldestTime, CancellationToken cancellationToken) =>
        await calls.EvaluateAsync(
            RedisLogScripts.Trim,
            [keys.Head(channel), keys.Log(channel), keys.Oldest(channel.Tenant)],
            [channel.Name, oldestTime, EntriesPerStep],
            cancellationToken);
}
