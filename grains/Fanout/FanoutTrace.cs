using Tidings.Grains.Logs;

namespace Tidings.Grains.Fanout;

/// <summary>The silo's step of messages that are followed: taken off the silo's stream, or read from the log to fill a gap, and given to gateways' links.</summary>
internal static class FanoutTrace
{
    /// <param name="feed">The channel as the silo knows it.</param>
    /// <param name="messages">What is passed on.</param>
    /// <param name="sentAt">When it was given to the stream; 0 for what was read from the log.</param>
    /// <param name="silo">This silo.</param>
    public static void PassedOn(ChannelFeed feed, Message[] messages, long sentAt, string silo)
    {
        foreach (var message in messages)
        {
            if (message.Item.Trace is null)
            {
                continue;
            }

            var span = MessageTrace.Step("stream", feed.Channel, message, sentAt > 0 ? LogSequence.TimeOf(sentAt) : default);
            span?.SetTag("tidings.silo", silo)
                .SetTag("tidings.stream.repaired", sentAt == 0)
                .SetTag("tidings.gateways", feed.Topics.SelectMany(static topic => topic.Links.Keys).Distinct().Count());
            MessageTrace.End(span);
        }
    }
}
