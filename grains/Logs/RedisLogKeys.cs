using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>
/// Every key of the logs. All keys of a tenant's shard begin with one hash tag, <c>{prefix/tenant/shard}</c>, so that Redis Cluster
/// keeps them together and one script may change them (Redis Cluster specification, "Hash tags"). The tag comes first: braces in
/// channel names can not disturb it.
/// </summary>
internal sealed class RedisLogKeys(string prefix)
{
    /// <summary>
    /// The one shard of a tenant. To spread a tenant over the nodes of a Redis Cluster, give channels shards here; a wildcard's place
    /// in the tenant's sequence then becomes one number per shard.
    /// </summary>
    private const int Shard = 0;

    /// <summary>Set of the tenants that have logs. The only key outside the shards.</summary>
    public RedisKey Tenants => $"{prefix}:log-tenants";

    /// <summary>
    /// Hash of a channel's head: <c>epoch</c>, <c>writer</c>, <c>offset</c>, <c>oldest</c> (time of the oldest entry, empty
    /// without entries), <c>last</c> (time of the last append). Never expires; the sweeper deletes it.
    /// </summary>
    public RedisKey Head(ChannelId channel) => $"{Tag(channel.Tenant)}:head:{channel.Name}";

    /// <summary>Stream of a channel's messages; the ids are <c>{offset}-0</c>. Exists while it has entries.</summary>
    public RedisKey Log(ChannelId channel) => $"{Tag(channel.Tenant)}:log:{channel.Name}";

    /// <summary>Set of the silos that want a channel's messages.</summary>
    public RedisKey Silos(ChannelId channel) => $"{Tag(channel.Tenant)}:silos:{channel.Name}";

    /// <summary>The sequence of a tenant's shard.</summary>
    public RedisKey Sequence(string tenant) => $"{Tag(tenant)}:sequence";

    /// <summary>Sorted set of channel names by the sequence of their last change.</summary>
    public RedisKey Changed(string tenant) => $"{Tag(tenant)}:changed";

    /// <summary>Sorted set of the names of channels with entries by the time of their oldest entry.</summary>
    public RedisKey Oldest(string tenant) => $"{Tag(tenant)}:oldest";

    /// <summary>Sorted set of the names of all channels with a head by a time when they were in use.</summary>
    public RedisKey Used(string tenant) => $"{Tag(tenant)}:used";

    /// <summary>The largest epoch of the channels that were forgotten: one that comes back has a larger one.</summary>
    public RedisKey Forgotten(string tenant) => $"{Tag(tenant)}:forgotten";

    /// <summary>
    /// Hash of a tenant's logs as a whole: <c>at</c>, when the first of them was begun, which tells a store that lost them all from the one known
    /// before; <c>base</c>, the offset that new channels begin at, 0 unless that happened.
    /// </summary>
    public RedisKey Birth(string tenant) => $"{Tag(tenant)}:birth";

    private string Tag(string tenant) => $"{{{prefix}/{tenant}/{Shard}}}";
}
