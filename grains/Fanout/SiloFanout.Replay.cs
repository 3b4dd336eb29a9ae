using Tidings.Grains.Logs;

namespace Tidings.Grains.Fanout;

/// <content>Subscriptions that begin at a place in a log.</content>
internal sealed partial class SiloFanout
{
    /// <summary>A subscription that has not joined its session's gateway.</summary>
    private const long NotJoined = long.MaxValue;

    /// <summary>Finds the offsets that channels are to be followed from.</summary>
    /// <returns>The places, or the first that a log does not have.</returns>
    public async Task<(LogPosition[] Places, long? Invalid)> PlacesAsync(string tenant, ReplayFrom[] channels)
    {
        var places = new LogPosition[channels.Length];
        for (var i = 0; i < channels.Length; i++)
        {
            var (name, after) = channels[i];
            var read = await log.ReadAsync(new ChannelId(tenant, name), Math.Max(0, after), 1);
            if (after >= 0 && (after > read.Head.Offset || after + 1 < read.First))
            {
                return ([], after);
            }

            var offset = after == ReplayFrom.New ? read.Head.Offset : after == ReplayFrom.All ? read.First - 1 : after;
            places[i] = new LogPosition(read.Head.Epoch, offset);
        }

        return (places, null);
    }

    /// <summary>
    /// Subscribes a session to acquired topics from places in their logs on: its gateway is to attach it anew, which brings what it missed and
    /// then what is new, in order.
    /// </summary>
    /// <returns>Completes when that gateway has dropped what waits there, which whoever comes first would otherwise get first.</returns>
    public Task Replay(Mailbox mailbox, Topic[] topics, LogPosition[] places, GatewayAddress? holder)
    {
        lock (_lock)
        {
            foreach (var (topic, place) in topics.Zip(places))
            {
                if (!mailbox.Subscriptions.TryAdd(topic.Id.Name, new Subscription(topic, NotJoined, LogSequence.At(time.GetUtcNow() - ClockSkew))))
                {
                    // It holds the topic already; followed anew, it leaves its gateway's group until it has caught up.
                    LeaveTopic(mailbox, mailbox.Subscriptions[topic.Id.Name]);
                    mailbox.Subscriptions[topic.Id.Name] = mailbox.Subscriptions[topic.Id.Name] with { JoinFrame = NotJoined };
                }

                mailbox.Cursors[topic.Id.Name] = place;
                (mailbox.Replayed ??= new(StringComparer.Ordinal)).Add(topic.Id.Name);
            }

            if (holder is not null && mailbox.Link is { } link && link.GatewayId == holder.Id)
            {
                return link.TakenAsync(link.Add(FrameFor(mailbox, LinkFrameKind.Restart, [.. topics.Select(static topic => topic.Id.Name)])));
            }
        }

        return Task.CompletedTask;
    }
}
