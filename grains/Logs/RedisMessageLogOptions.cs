namespace Tidings.Grains.Logs;

/// <summary>Settings of the log in Redis.</summary>
public sealed class RedisMessageLogOptions
{
    /// <summary>Start of every key. Default <c>tidings</c>.</summary>
    public string KeyPrefix { get; set; } = "tidings";

    /// <summary>
    /// How long one operation tries to get a sure answer out of Redis through time-outs, lost connections and restarts,
    /// before it ends in <see cref="LogUnavailableException"/>. Default 3 seconds.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(3);
}
