using System.Net.Sockets;
using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>What Redis' failures mean for a log: which may pass within seconds, and how to say them.</summary>
internal static class RedisFailure
{
    private static readonly (string Code, bool MayPass, string Text)[] Known =
    [
        ("LOADING", true, "Redis is still loading its data."),
        ("BUSY", true, "Redis is busy with another script."),
        ("READONLY", true, "Redis is a read-only replica."),
        ("MASTERDOWN", true, "Redis' master is down."),
        ("CLUSTERDOWN", true, "The Redis cluster is down."),
        ("TRYAGAIN", true, "The Redis cluster is moving the channel's keys."),
        ("NOREPLICAS", true, "Redis misses the replicas it needs for writing."),
        ("OOM", false, "Redis is out of memory (maxmemory) and refuses to store messages."),
        ("MISCONF", false, "Redis cannot save its data and refuses writes."),
        ("NOPERM", false, "Redis does not permit this user the log's commands or keys."),
        ("NOAUTH", false, "Redis asks for authentication."),
        ("WRONGTYPE", false, "A key of the log holds something else: the key prefix is shared with another program."),
    ];

    /// <summary>Whether an exception tells of Redis, not of a mistake of ours.</summary>
    public static bool IsRedis(Exception exception) => exception is RedisException or TimeoutException || IsBroken(exception);

    /// <summary>Whether trying again may help.</summary>
    public static bool MayPass(Exception exception) => exception is TimeoutException || IsBroken(exception) || Find(exception).MayPass;

    /// <summary>The failure in a sentence.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        TimeoutException => "Redis did not answer in time.",
        _ when IsBroken(exception) => "Redis cannot be reached.",
        _ => Find(exception).Text ?? $"Redis refused: {exception.Message}",
    };

    /// <summary>
    /// A connection that is cut cancels what waits on it, or ends it with whatever its reader and its writer met: a pipe that was completed
    /// (<see cref="InvalidOperationException"/>), a socket that was closed.
    /// </summary>
    private static bool IsBroken(Exception exception) =>
        exception is RedisConnectionException or OperationCanceledException or InvalidOperationException or IOException or SocketException;

    private static (string? Code, bool MayPass, string? Text) Find(Exception exception) =>
        exception is RedisServerException
            ? Array.Find(Known, known => exception.Message.StartsWith(known.Code, StringComparison.Ordinal))
            : default;
}
