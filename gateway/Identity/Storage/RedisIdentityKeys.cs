using StackExchange.Redis;

namespace Tidings.Gateway.Identity.Storage;

/// <summary>Every Redis name of identity. <paramref name="serviceId"/> keeps services apart that share a Redis.</summary>
internal sealed class RedisIdentityKeys(string serviceId)
{
    private readonly string _prefix = $"{serviceId}:identity:";

    /// <summary>A hash: key to document.</summary>
    public RedisKey Table(string table) => _prefix + table;

    /// <summary>A string that ends by itself.</summary>
    public RedisKey Grant(string key) => GrantPrefix + key;

    /// <summary>What the keys of all log-ins begin with.</summary>
    public string GrantPrefix => $"{_prefix}grant:";

    /// <summary>A sorted set: somebody's log-ins by the time they were written.</summary>
    public RedisKey GrantsOf(string owner) => $"{_prefix}grants:{owner}";

    /// <summary>Counts changes.</summary>
    public RedisKey Version => _prefix + "version";

    /// <summary>Where failed log-ins are told.</summary>
    public RedisChannel Failures => RedisChannel.Literal(_prefix + "failures");

    /// <summary>Where changes are announced.</summary>
    public RedisChannel Changes => RedisChannel.Literal(_prefix + "changes");
}
