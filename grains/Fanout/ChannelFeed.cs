using Microsoft.Extensions.Options;

namespace Tidings.Grains.Fanout;

/// <summary>
/// What a silo knows of one channel: its head, its last messages, and how far each gateway has been sent. Guarded by the fan-out's lock.
/// </summary>
internal sealed class ChannelFeed(ChannelId channel, IOptions<TidingsLimits> limits)
{
    private readonly Queue<Message> _tail = new();
    private readonly Dictionary<GatewayLink, SentTrack> _sent = [];

    /// <summary>The channel.</summary>
    public ChannelId Channel { get; } = channel;

    /// <summary>The subscriptions of this silo's sessions that match the channel.</summary>
    public List<Topic> Topics { get; } = [];

    /// <summary>The epoch of the channel's log; 0 until known.</summary>
    public long Epoch { get; private set; }

    /// <summary>The last offset passed on; -1 until known.</summary>
    public long Head { get; private set; } = -1;

    /// <summary>The offset after which this silo began to follow the channel: what came before was never meant for its sessions.</summary>
    public long StartedAt { get; private set; }

    /// <summary>
    /// Whether an event from before <see cref="StartedAt"/> may be under way to sessions that hold a pattern: the feed began at the head that
    /// a subscription by name was told.
    /// </summary>
    public bool MayStartEarlier { get; set; }

    /// <summary>Batches that wait for a repair of the gap before them; null when none is under way.</summary>
    public DeferredBatches? Deferred { get; set; }

    /// <summary>When a message last came, for forgetting feeds whose log has expired.</summary>
    public DateTimeOffset LastUsed { get; set; }

    /// <summary>Begins to follow a log at a place. What was known of another epoch is forgotten.</summary>
    public void Start(long epoch, long head)
    {
        Epoch = epoch;
        Head = head;
        StartedAt = head;
        _tail.Clear();
        _sent.Clear();
    }

    public void Append(Message[] messages)
    {
        foreach (var message in messages)
        {
            _tail.Enqueue(message);
        }

        while (_tail.Count > limits.Value.TailMessages)
        {
            _tail.Dequeue();
        }

        Head = messages[^1].Offset;
    }

    /// <summary>The messages after an offset, if they are all at hand.</summary>
    public bool TryTail(long after, out Message[] messages)
    {
        var missing = Head - after;
        if (missing > _tail.Count)
        {
            messages = [];
            return false;
        }

        messages = missing <= 0 ? [] : [.. _tail.Skip(_tail.Count - (int)missing)];
        return true;
    }

    /// <summary>Whether a gateway knows where the channel stands.</summary>
    public bool IsKnownTo(GatewayLink link) => _sent.ContainsKey(link);

    /// <summary>The gateways that know where the channel stands.</summary>
    public IEnumerable<GatewayLink> KnownTo => _sent.Keys;

    /// <summary>Notes that with a frame the sessions of a gateway have everything up to an offset.</summary>
    public void NoteSent(GatewayLink link, long frame, long offset)
    {
        if (!_sent.TryGetValue(link, out var track))
        {
            _sent[link] = track = new SentTrack(StartedAt);
        }

        track.Add(frame, offset, link.Settled);
    }

    /// <summary>The offset that sessions of a gateway had got when it had taken in a frame.</summary>
    public long OffsetAt(GatewayLink link, long frame) => _sent.TryGetValue(link, out var track) ? track.OffsetAt(frame) : Head;

    /// <summary>The last offset sent to a gateway.</summary>
    public long LastSent(GatewayLink link) => OffsetAt(link, long.MaxValue);

    public void Forget(GatewayLink link) => _sent.Remove(link);

    /// <summary>
    /// Frames that a handover may still name, each with the offset it brought its receivers to. Before the first of them, receivers have
    /// everything up to where the silo began to follow the channel.
    /// </summary>
    private sealed class SentTrack(long startedAt)
    {
        private readonly Queue<(long Frame, long Offset)> _open = new();
        private long _settled = startedAt;
        private long _last = -1;

        public void Add(long frame, long offset, long settled)
        {
            while (_open.TryPeek(out var oldest) && oldest.Frame <= settled)
            {
                _settled = oldest.Offset;
                _open.Dequeue();
            }

            if (offset != _last)
            {
                _open.Enqueue((frame, offset));
                _last = offset;
            }
        }

        public long OffsetAt(long frame)
        {
            var offset = _settled;
            foreach (var sent in _open)
            {
                if (sent.Frame > frame)
                {
                    break;
                }

                offset = sent.Offset;
            }

            return offset;
        }
    }
}
