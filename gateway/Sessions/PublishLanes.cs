using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// One lane per channel that is being published to: one call to the channel grain in flight, what comes meanwhile goes with the
/// next. So order survives, and a busy channel costs a call per batch instead of one per message.
/// </summary>
internal sealed partial class PublishLanes(IClusterClient cluster, IOptions<TidingsLimits> limits, ILogger<PublishLanes> logger)
{
    private const int CallMessages = 1000;
    private const int CallBytes = 1024 * 1024;
    private readonly Lock _lock = new();
    private readonly Dictionary<ChannelId, Lane> _lanes = [];

    public Task<PublishResult> PublishAsync(ChannelId channel, PublishItem item)
    {
        lock (_lock)
        {
            if (!_lanes.TryGetValue(channel, out var lane))
            {
                _lanes[channel] = lane = new Lane();
            }

            if (lane.Waiting.Count >= limits.Value.PendingPublishesPerChannel)
            {
                return Task.FromResult(new PublishResult(PublishStatus.Busy, 0, 0));
            }

            var publish = new WaitingPublish(item);
            lane.Waiting.Enqueue(publish);
            if (!lane.Sending)
            {
                lane.Sending = true;
                _ = SendAsync(channel, lane);
            }

            return publish.Task;
        }
    }

    private async Task SendAsync(ChannelId channel, Lane lane)
    {
        // Leaves the caller's lock before the first call.
        await Task.Yield();
        var grain = cluster.GetGrain<IChannelGrain>(channel.ToKey());
        while (Take(channel, lane) is { Length: > 0 } group)
        {
            var result = new PublishResult(PublishStatus.Unavailable, 0, 0);
            try
            {
                result = await grain.Publish(Array.ConvertAll(group, static publish => publish.Item));
            }
            catch (Exception exception)
            {
                Log.PublishFailed(logger, channel.Tenant, exception);
            }

            for (var i = 0; i < group.Length; i++)
            {
                group[i].SetResult(result.Status == PublishStatus.Stored ? result with { FirstOffset = result.FirstOffset + i } : result);
            }
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
                bytes += next.Item.Body.Length;
            }

            return [.. group];
        }
    }

    private sealed class Lane
    {
        public Queue<WaitingPublish> Waiting { get; } = new();

        public bool Sending { get; set; }
    }

    private sealed class WaitingPublish(PublishItem item) : TaskCompletionSource<PublishResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public PublishItem Item => item;
    }

    private static partial class Log
    {
        [LoggerMessage(2121, LogLevel.Error, "A publish of tenant {Tenant} failed")]
        public static partial void PublishFailed(ILogger logger, string tenant, Exception exception);
    }
}
