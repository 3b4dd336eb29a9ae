using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>Makes logs on a test's Redis, each under a key prefix of its own.</summary>
internal static class RedisLogs
{
    public static IMessageLog Create(
        IConnectionMultiplexer redis, TimeProvider time, TidingsLimits? limits = null, string? prefix = null, TimeSpan? patience = null)
    {
        var options = new RedisMessageLogOptions { KeyPrefix = prefix ?? NewPrefix(), Patience = patience ?? TimeSpan.FromSeconds(10) };
        return new RedisMessageLog(
            redis, Options.Create(options), Options.Create(limits ?? new TidingsLimits()), time, NullLogger<RedisMessageLog>.Instance);
    }

    public static string NewPrefix() => $"test-{Guid.NewGuid():N}";
}
