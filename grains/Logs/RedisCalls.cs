using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>
/// Calls Redis until it gives a sure answer or patience ends. Every call made here must come out the same when it is carried out
/// again, since a time-out or a lost connection does not tell whether Redis has carried it out.
/// </summary>
internal sealed partial class RedisCalls(IConnectionMultiplexer redis, TimeSpan patience, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs a script on the master.</summary>
    public ValueTask<(RedisResult Answer, int Attempts)> EvaluateAsync(
        string script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken) =>
        RunAsync(database => database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.DemandMaster), cancellationToken);

    /// <summary>Runs a call.</summary>
    /// <returns>The answer, and how many attempts it took.</returns>
    /// <exception cref="LogUnavailableException">Redis refused, or gave no answer in time.</exception>
    public async ValueTask<(T Answer, int Attempts)> RunAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var left = patience - time.GetElapsedTime(start);
                var answer = call(redis.GetDatabase()).WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
                return (await answer, attempt);
            }
            catch (Exception e) when (RedisFailure.IsRedis(e) && !cancellationToken.IsCancellationRequested)
            {
                if (!RedisFailure.MayPass(e) || time.GetElapsedTime(start) + Pause >= patience)
                    throw new LogUnavailableException(RedisFailure.Describe(e), e);

                Log.TryingAgain(logger, attempt, RedisFailure.Describe(e));
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1601, LogLevel.Warning, "Attempt {Attempt} failed, trying again: {Reason}", EventName = "LogTryingAgain")]
        public static partial void TryingAgain(ILogger logger, int attempt, string reason);
    }
}
