using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// One lane per channel that is being published to: one call to the channel grain in flight, what comes meanwhile goes with the
/// next. So order survives, and a busy channel costs a call per batch instead of one per message.
/// </summary>
internal sealed partial class PublishLanes(
    ChannelGrains channels, IOptions<TidingsLimits> limits, TimeProvider time, GatewayMetrics metrics, ILogger<PublishLanes> logger,
    PublishSampler? sampler = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private const int CallMessages = 1000;
    private const int CallBytes = 1024 * 1024;
    private readonly Lock _lock = new();
    private readonly Dictionary<ChannelId, Lane> _lanes = [];
    private TidingsLimits Limits => limits.Value;
    private long _bytes;

    /// <summary>Publishes in the order of these calls. Busy at once where too many, or too large ones, wait already.</summary>
    public Task<PublishResult> PublishAsync(ChannelId channel, PublishItem item)
    {
        var span = sampler?.Begin(channel, item);
        Lane? lane;
        WaitingPublish publish;
        lock (_lock)
        {
            if (!_lanes.TryGetValue(channel, out lane))
            {
                lane = new Lane();
            }

            if (IsFull(lane, item.Size))
            {
                metrics.PublishesRefused.Add(1);
                MessageTrace.End(span, GatewayMetrics.ErrorOf(PublishStatus.Busy));
                return Task.FromResult(new PublishResult(PublishStatus.Busy, 0, 0));
            }

            _lanes[channel] = lane;
            _bytes += item.Size;
            lane.Bytes += item.Size;
            publish = new WaitingPublish(Stamp(item, span), time.GetTimestamp(), span);
            lane.Waiting.Enqueue(publish);
            if (lane.Sending)
            {
                return publish.Task;
            }

            lane.Sending = true;
        }

        // The first call is made by the publisher itself: a thread less to wake where little is published.
        _ = SendAsync(channel, lane);
        return publish.Task;
    }

    private PublishItem Stamp(PublishItem item, Activity? span) => item with
    {
        Key = item.Key ?? PublishKey.Fresh(),
        Trace = span?.Id,
        PublishedAt = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
    };

    /// <summary>A publish larger than a bound is taken while no other is counted against it: nothing else would ever let it in.</summary>
    private bool IsFull(Lane lane, int size) =>
        lane.Waiting.Count >= Limits.PendingPublishesPerChannel
        || (lane.Bytes > 0 && lane.Bytes + size > Limits.PublishLaneBytes)
        || (_bytes > 0 && _bytes + size > Limits.PublishTotalBytes);

    private async Task SendAsync(ChannelId channel, Lane lane)
    {
        var grain = channels.Of(channel);
        while (Take(channel, lane) is { Length: > 0 } group)
        {
            var (answered, result) = await PublishAsync(grain, channel, lane, group);
            Answer(lane, answered, result);
        }
    }

    /// <summary>
    /// Tries until the log has the messages or patience ends, for each counted from its own coming: a try whose outcome is not known is
    /// repeated, as each message is stored once.
    /// </summary>
    /// <returns>The messages that were not given up on the way, and what became of them.</returns>
    private async Task<(WaitingPublish[] Group, PublishResult Result)> PublishAsync(
        IChannelGrain grain, ChannelId channel, Lane lane, WaitingPublish[] group)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var result = await TryAsync(grain, channel, Array.ConvertAll(group, static publish => publish.Item));
            if (result.Status != PublishStatus.Unavailable)
            {
                return (group, result);
            }

            // The first that came are the first to give up.
            var patient = Array.FindIndex(group, publish => time.GetElapsedTime(publish.Since) <= Limits.PublishPatience);
            if (patient < 0)
            {
                Log.PublishFailed(logger, group.Length, channel.Tenant);
                return (group, result);
            }

            if (patient > 0)
            {
                Log.PublishFailed(logger, patient, channel.Tenant);
                Answer(lane, group[..patient], result);
                group = group[patient..];
            }

            await Task.Delay(pause, time);
        }
    }

    private async Task<PublishResult> TryAsync(IChannelGrain grain, ChannelId channel, PublishItem[] items)
    {
        try
        {
            return await grain.Publish(items);
        }
        catch (Exception exception)
        {
            Log.PublishRepeated(logger, channel.Tenant, exception.Message);
            return new PublishResult(PublishStatus.Unavailable, 0, 0);
        }
    }

    /// <summary>
    /// A publisher alone goes on right here, and no other thread need wake for it. Where many wait, they must not hold the next call up.
    /// </summary>
    private void Answer(Lane lane, WaitingPublish[] group, PublishResult result)
    {
        Answered(lane, group);
        if (group.Length == 1)
        {
            Answer(group[0], result.At(0));
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            static answer =>
            {
                for (var i = 0; i < answer.group.Length; i++)
                {
                    answer.lanes.Answer(answer.group[i], answer.result.At(i));
                }
            },
            (lanes: this, group, result),
            preferLocal: true);
    }

    private void Answer(WaitingPublish publish, PublishResult result)
    {
        metrics.Published(time.GetElapsedTime(publish.Since), result.Status);
        if (publish.Span is { } span)
        {
            span.SetTag("tidings.message.offset", result.FirstOffset);
            MessageTrace.End(span, GatewayMetrics.ErrorOf(result.Status));
        }

        publish.SetResult(result);
    }

    private void Answered(Lane lane, WaitingPublish[] group)
    {
        var bytes = group.Sum(static publish => (long)publish.Item.Size);
        lock (_lock)
        {
            _bytes -= bytes;
            lane.Bytes -= bytes;
        }
    }

    private WaitingPublish[] Take(ChannelId channel, Lane lane)
    {
        lock (_lock)
        {
            if (lane.Waiting.Count == 0)
            {
                _lanes.Remove(channel);
                return [];
            }

            var group = new List<WaitingPublish>(Math.Min(lane.Waiting.Count, CallMessages));
            var bytes = 0;
            while (group.Count < CallMessages && bytes < CallBytes && lane.Waiting.TryDequeue(out var next))
            {
                group.Add(next);
                bytes += next.Item.Size;
            }

            return [.. group];
        }
    }

    private sealed class Lane
    {
        public Queue<WaitingPublish> Waiting { get; } = new();

        /// <summary>Bytes of payload that wait or are on their way.</summary>
        public long Bytes { get; set; }

        public bool Sending { get; set; }
    }

    private sealed class WaitingPublish(PublishItem item, long since, Activity? span) : TaskCompletionSource<PublishResult>
    {
        public PublishItem Item => item;

        /// <summary>The timestamp of its coming.</summary>
        public long Since => since;

        /// <summary>Its span, if it is followed.</summary>
        public Activity? Span => span;
    }

    private static partial class Log
    {
        [LoggerMessage(2122, LogLevel.Warning, "A publish of tenant {Tenant} had no answer: {Reason}")]
        public static partial void PublishRepeated(ILogger logger, string tenant, string reason);

        [LoggerMessage(2121, LogLevel.Error, "{Count} publishes of tenant {Tenant} were given up: the log could not be written for too long")]
        public static partial void PublishFailed(ILogger logger, int count, string tenant);
    }
}
