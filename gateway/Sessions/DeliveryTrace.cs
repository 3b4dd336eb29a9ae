using System.Diagnostics;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// The gateway's steps of messages of one batch that are followed: taken from a silo and given to sessions, then written for each session, of
/// which only the first ones are told.
/// </summary>
internal sealed class DeliveryTrace
{
    /// <summary>Most writes of a batch that have spans of their own.</summary>
    public const int MostWrites = 100;

    private readonly List<Activity> _spans;
    private readonly ChannelId _channel;
    private readonly DateTimeOffset _taken;
    private int _writesLeft = MostWrites;
    private int _given;
    private int _passedOver;

    private DeliveryTrace(List<Activity> spans, ChannelId channel, DateTimeOffset taken) => (_spans, _channel, _taken) = (spans, channel, taken);

    /// <summary>Begins to follow a batch; null if none of its messages is followed.</summary>
    public static DeliveryTrace? Of(ChannelId channel, Message[] messages, string silo, DateTimeOffset now)
    {
        List<Activity>? spans = null;
        foreach (var message in messages)
        {
            if (message.Item.Trace is not null && MessageTrace.Step("receive", channel, message, now) is { } span)
            {
                (spans ??= []).Add(span.SetTag("tidings.silo", silo));
            }
        }

        return spans is null ? null : new DeliveryTrace(spans, channel, now);
    }

    /// <summary>A session was given the batch, or was not, since its window is full or it may not see the channel.</summary>
    public void Gave(bool given) => _ = given ? _given++ : _passedOver++;

    /// <summary>Every session that is to get the batch has it.</summary>
    public void GivenOut()
    {
        foreach (var span in _spans)
        {
            span.SetTag("tidings.sessions", _given).SetTag("tidings.sessions.passed_over", _passedOver);
            MessageTrace.End(span);
        }
    }

    /// <summary>The batch was written whole to a session's client.</summary>
    public void Written(LocalSession session)
    {
        if (Interlocked.Decrement(ref _writesLeft) < 0)
        {
            return;
        }

        foreach (var receive in _spans)
        {
            End(MessageTrace.Within("write", receive.Context, _channel, _taken), session);
        }
    }

    /// <summary>A message that was read from the log, where it is that what is written is read, was written to a session's client.</summary>
    public static void Streamed(LocalSession session, ChannelId channel, Message message) => End(MessageTrace.Step("write", channel, message), session);

    private static void End(Activity? write, LocalSession session)
    {
        write?.SetTag("tidings.session.id", session.Id)
            .SetTag("tidings.protocol", session.Description?.Protocol)
            .SetTag("tidings.transport", session.Protocol?.Transport);
        MessageTrace.End(write);
    }
}
