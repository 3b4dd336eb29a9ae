using StackExchange.Redis;

namespace Tidings.Silo;

/// <summary>What silos and gateways share about the cluster's Redis and its calls.</summary>
public static class TidingsRedis
{
    /// <summary>How long a call between processes may take. Longer than any healthy call, short enough to try again after a crash.</summary>
    public static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(3);

    /// <summary>Reads a connection string and makes the connection patient: a Redis that is away at the start is waited for.</summary>
    public static ConfigurationOptions Parse(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = false;
        return options;
    }
}
