namespace Tidings.Grains.Channels;

/// <summary>The channel's step of messages that are followed: the append to the log.</summary>
internal static class ChannelTrace
{
    /// <summary>Messages were appended, or were not.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="messages">The messages of one append.</param>
    /// <param name="targets">How many silos want them.</param>
    /// <param name="error">Why they were not appended; null if they were.</param>
    public static void Appended(ChannelId channel, Message[] messages, int targets, string? error = null)
    {
        if (!MessageTrace.IsOn)
        {
            return;
        }

        foreach (var message in messages)
        {
            if (message.Item.Trace is not null)
            {
                var span = MessageTrace.Step("append", channel, message, DateTimeOffset.FromUnixTimeMilliseconds(message.Time));
                span?.SetTag("messaging.batch.message_count", messages.Length).SetTag("tidings.silos", targets);
                MessageTrace.End(span, error);
            }
        }
    }
}
