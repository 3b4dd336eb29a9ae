namespace Tidings;

/// <summary>A channel: gives published messages their order, logs them, and sends them to every interested silo. Key: <see cref="ChannelId.ToKey"/>.</summary>
[Alias("tidings.IChannelGrain")]
public interface IChannelGrain : IGrainWithStringKey
{
    /// <summary>Logs messages in order and answers once the log has them. All get consecutive offsets, or none is stored.</summary>
    [Alias("Publish")]
    Task<PublishResult> Publish(PublishItem[] items);

    /// <summary>Sends this channel's messages to a silo from now on.</summary>
    /// <param name="silo">The silo's stream (its address and generation).</param>
    /// <returns>The head: everything after it will be sent. Epoch 0 where the tenant may have no further channel, and nothing will be.</returns>
    [Alias("Register")]
    ValueTask<ChannelHead> Register(string silo);

    /// <summary>Ends <see cref="Register"/>.</summary>
    [Alias("Unregister")]
    ValueTask Unregister(string silo);

    /// <summary>Reads the retained log.</summary>
    /// <param name="after">Offset before the first wanted message; 0 reads from the oldest.</param>
    /// <param name="limit">Most messages to return; at most <see cref="TidingsLimits.ReadMessages"/>.</param>
    [Alias("Read")]
    Task<LogRead> Read(long after, int limit);
}

/// <summary>How a publish ended.</summary>
public enum PublishStatus
{
    /// <summary>The log has every message.</summary>
    Stored,

    /// <summary>Too many publishes wait for this channel (<see cref="TidingsLimits.PendingPublishesPerChannel"/>).</summary>
    Busy,

    /// <summary>The log cannot be written; nothing is known to be stored.</summary>
    Unavailable,

    /// <summary>The channel is new, and its tenant has as many as it may (<see cref="TidingsLimits.ChannelsPerTenant"/>); nothing was stored.</summary>
    TooManyChannels,
}

/// <summary>The answer to a publish.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="FirstOffset">The first message's offset; later ones follow consecutively. 0 if nothing was stored.</param>
/// <param name="Epoch">The log's epoch.</param>
/// <param name="Offsets">Every message's offset, where some had been stored before; otherwise null.</param>
[GenerateSerializer, Immutable, Alias("tidings.PublishResult")]
public readonly record struct PublishResult(
    [property: Id(0)] PublishStatus Status,
    [property: Id(1)] long FirstOffset,
    [property: Id(2)] long Epoch,
    [property: Id(3)] long[]? Offsets = null)
{
    /// <summary>The result for one of the messages.</summary>
    public PublishResult At(int index) =>
        Status == PublishStatus.Stored ? new PublishResult(Status, Offsets is null ? FirstOffset + index : Offsets[index], Epoch) : this;
}

/// <summary>Where a channel's log stands.</summary>
/// <param name="Epoch">The log's incarnation.</param>
/// <param name="Offset">Offset of the last message; 0 when none was ever logged.</param>
[GenerateSerializer, Immutable, Alias("tidings.ChannelHead")]
public readonly record struct ChannelHead([property: Id(0)] long Epoch, [property: Id(1)] long Offset);

/// <summary>A stretch of a log.</summary>
/// <param name="Head">The head at the time of reading.</param>
/// <param name="First">Offset of the oldest retained message; head + 1 when none is retained.</param>
/// <param name="Messages">Consecutive messages after the offset asked for, or after the oldest retained where that is later.</param>
[GenerateSerializer, Immutable, Alias("tidings.LogRead")]
public sealed record LogRead([property: Id(0)] ChannelHead Head, [property: Id(1)] long First, [property: Id(2)] Message[] Messages);
