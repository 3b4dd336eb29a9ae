using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

using Tidings.Grains.Sessions;

namespace Tidings.Grains.Logs;

/// <summary>
/// Registers the message log of a server. Both take <see cref="TidingsLimits"/> from the options and the time from <see
/// cref="TimeProvider"/>.
/// </summary>
public static class MessageLogServiceCollectionExtensions
{
    /// <summary>Keeps the logs in this process's memory: for a standalone server.</summary>
    public static IServiceCollection AddMemoryMessageLog(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IMessageLog, MemoryMessageLog>();
        return services;
    }

    /// <summary>
    /// Keeps the logs and the sessions' records in Redis, through the registered <see cref="StackExchange.Redis.IConnectionMultiplexer"/>: for a cluster.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="keyPrefix">Start of every key; the cluster's service id, so that several clusters may share one Redis.</param>
    /// <param name="configure">Further settings.</param>
    public static IServiceCollection AddRedisMessageLog(
        this IServiceCollection services, string keyPrefix, Action<RedisMessageLogOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RedisMessageLogOptions>()
            .Configure(options => options.KeyPrefix = keyPrefix)
            .Configure(configure ?? (static _ => { }))
            .Validate(options => options.KeyPrefix.Length > 0, "The key prefix of the message log is empty.")
            .Validate(options => options.Patience > TimeSpan.Zero, "The patience of the message log is not positive.")
            .ValidateOnStart();
        services.AddSingleton<IMessageLog, RedisMessageLog>();
        services.AddSingleton<ISessionStore, RedisSessionStore>();
        services.AddHostedService<RedisWatch>();
        return services;
    }
}
