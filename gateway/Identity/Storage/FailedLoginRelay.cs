using StackExchange.Redis;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Identity.Storage;

/// <summary>
/// Tells the cluster's other gateways of failed log-ins, and counts theirs, so that who is refused at one cannot go on at the next. What is lost
/// while Redis is away is counted where it happened. Bounded by what is told: attempts beyond the bounds are not looked at, so they
/// do not fail.
/// </summary>
internal sealed partial class FailedLoginRelay(IConnectionMultiplexer redis, RedisIdentityKeys keys, LoginThrottle throttle, ILogger<FailedLoginRelay> logger)
    : BackgroundService
{
    private const char Separator = '\n';
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly string _self = Guid.NewGuid().ToString("N");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = await SubscribeAsync(stoppingToken);
        failures.OnMessage(message => Take((string?)message.Message ?? ""));
        throttle.FailedHere += Tell;
        try
        {
            await Task.Delay(Timeout.Infinite, stoppingToken);
        }
        finally
        {
            throttle.FailedHere -= Tell;
            await failures.UnsubscribeAsync(CommandFlags.FireAndForget);
        }
    }

    private async Task<ChannelMessageQueue> SubscribeAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                return await redis.GetSubscriber().SubscribeAsync(keys.Failures);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.NotSubscribed(logger, exception.Message);
            }

            await Task.Delay(RetryAfter, stoppingToken);
        }
    }

    private void Tell(string from, string account)
    {
        try
        {
            redis.GetSubscriber().Publish(keys.Failures, string.Join(Separator, _self, from, account), CommandFlags.FireAndForget);
        }
        catch (Exception exception)
        {
            Log.NotTold(logger, exception.Message);
        }
    }

    private void Take(string message)
    {
        if (message.Split(Separator) is [var gateway, var from, var account] && gateway != _self)
        {
            throttle.FailedElsewhere(from, account);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2443, LogLevel.Warning, "Failed log-ins at other gateways are not counted here yet: {Reason}")]
        public static partial void NotSubscribed(ILogger logger, string reason);

        [LoggerMessage(2444, LogLevel.Warning, "A failed log-in was not told to other gateways: {Reason}")]
        public static partial void NotTold(ILogger logger, string reason);
    }
}
