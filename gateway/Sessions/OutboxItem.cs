using Tidings.Gateway.Authorization;

namespace Tidings.Gateway.Sessions;

/// <summary>Something that waits for a session's client.</summary>
internal abstract class OutboxItem
{
    /// <summary>The link frame that brought it; 0 where none did.</summary>
    public required long Frame { get; init; }

    /// <summary>Messages in it.</summary>
    public abstract int Count { get; }

    /// <summary>Bytes it is counted with.</summary>
    public abstract int Bytes { get; }
}

/// <summary>A message for one session alone.</summary>
internal sealed class DirectItem(DirectMessage message) : OutboxItem
{
    public DirectMessage Message => message;

    public override int Count => 1;

    public override int Bytes => message.Body.Length;
}

/// <summary>
/// Consecutive messages of a channel, one object for all sessions that get them. Each codec encodes it once, when the first
/// session needs it; the bytes are then shared by every write.
/// </summary>
internal sealed class DeliveryBatch(ChannelBatch batch) : OutboxItem
{
    // Asked under the lock of the one receiver that gives it out.
    private ChannelGrants? _askedFor;
    private bool _visible;
    private WindowPolicies? _governedBy;
    private WindowPolicy? _policy;
    private DeliveryBatch? _latest;
    private readonly byte[]?[] _encoded = new byte[]?[DeliveryCodecs.Count];

    public ChannelId Channel => batch.Channel;

    public Message[] Messages => batch.Messages;

    /// <summary>How many sessions at most got it when it was published; 0 for what was read from the log for one that was away.</summary>
    public int LiveFor { get; init; }

    /// <summary>What follows its messages; null where none is followed.</summary>
    public DeliveryTrace? Trace { get; init; }

    /// <summary>When its first message was published, in microseconds since 1970 UTC, as near as is known; 0 if it did not come live.</summary>
    public long PublishedAt => LiveFor == 0 ? 0
        : batch.Messages[0].Item.PublishedAt is > 0 and var published ? published
        : batch.Messages[0].Time * 1000;

    /// <summary>The incarnation of the channel's log.</summary>
    public long Epoch => batch.Epoch;

    public long FirstOffset => batch.Messages[0].Offset;

    public long LastOffset => batch.Messages[^1].Offset;

    public override int Count => batch.Messages.Length;

    public override int Bytes { get; } = batch.Messages.Sum(static message => message.Size);

    /// <summary>Whether these grants allow to see it. Most receivers share theirs, so the last answer serves the next one.</summary>
    public bool IsVisibleTo(ChannelGrants grants)
    {
        if (!ReferenceEquals(grants, _askedFor))
        {
            (_askedFor, _visible) = (grants, grants.MaySee(Channel.Name));
        }

        return _visible;
    }

    /// <summary>What is done when a window has no room for it; null: the log is read. Looked up once, for all sessions that get it.</summary>
    public WindowPolicy? PolicyBy(WindowPolicies policies)
    {
        if (!ReferenceEquals(Volatile.Read(ref _governedBy), policies))
        {
            _policy = policies.Of(Channel.Name);
            Volatile.Write(ref _governedBy, policies);
        }

        return _policy;
    }

    /// <summary>Its last message alone, one object for all sessions.</summary>
    public DeliveryBatch Latest => Count == 1 ? this : _latest ??= After(LastOffset - 1);

    /// <summary>Its messages after an offset, of which there must be some.</summary>
    public DeliveryBatch After(long offset) => new(new ChannelBatch
    {
        Channel = batch.Channel,
        Epoch = batch.Epoch,
        Messages = [.. batch.Messages.SkipWhile(message => message.Offset <= offset)],
        Head = batch.Head,
    })
    {
        Frame = Frame,
        LiveFor = LiveFor,
        Trace = Trace,
    };

    /// <summary>The messages as a codec writes them. Two sessions may both encode at first; both get the same bytes.</summary>
    public byte[] EncodedBy(IDeliveryCodec codec) => _encoded[codec.Slot] ??= codec.Encode(this);
}

/// <summary>Writes deliveries in a protocol's form.</summary>
internal interface IDeliveryCodec
{
    /// <summary>Its place in a batch's encoded forms, below <see cref="DeliveryCodecs.Count"/>.</summary>
    int Slot { get; }

    /// <summary>All messages of a batch, ready to be joined with others'.</summary>
    byte[] Encode(DeliveryBatch batch);
}

/// <summary>The codecs there are.</summary>
internal static class DeliveryCodecs
{
    public const int Bayeux = 0;
    public const int Smc = 1;
    public const int BayeuxReplay = 2;

    /// <summary>The first of three, one for each kind of real-time endpoint.</summary>
    public const int Cumulocity = 3;

    public const int Personium = 6;
    public const int Count = 7;
}
