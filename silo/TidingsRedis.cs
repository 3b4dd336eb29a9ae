using StackExchange.Redis;

namespace Tidings.Silo;

/// <summary>What silos and gateways share about the cluster's Redis and its calls.</summary>
public static class TidingsRedis
{
    /// <summary>How long a call between processes may take. Longer than any healthy call, short enough to try again after a crash.</summary>
    public static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(3);

    /// <summary>Threads that may be held by connections which ask Sentinel for a new primary.</summary>
    private const int SentinelThreads = 16;

    /// <summary>Reads a connection string and makes the connection patient: a Redis that is away at the start is waited for.</summary>
    /// <exception cref="StartRefusedException">It is none.</exception>
    public static ConfigurationOptions Parse(string connectionString)
    {
        var options = Read(connectionString);
        options.AbortOnConnectFail = false;
        if (options.ServiceName is not null)
        {
            SpareThreads();
        }

        return options;
    }

    private static ConfigurationOptions Read(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString);
        }
        catch (ArgumentException exception)
        {
            // Its message names the word, not the secrets beside it.
            throw new StartRefusedException($"{TidingsClusterOptions.Section}:{nameof(TidingsClusterOptions.Redis)} is no connection string: {exception.Message}");
        }
    }

    /// <summary>
    /// After a failover every connection by Sentinel holds a thread of the pool, for seconds, while it asks for the new primary. The pool begins with a
    /// thread for each core and adds two a second: a silo of two cores would stand still for so long that others take it for dead.
    /// </summary>
    private static void SpareThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + SentinelThreads), completions);
    }
}
