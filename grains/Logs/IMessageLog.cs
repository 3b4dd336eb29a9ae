namespace Tidings.Grains.Logs;

/// <summary>
/// The logs of all channels: one interface, a ring in memory (standalone) and Redis (cluster).
/// A writer claims a channel first; a later claim fences every earlier one, so that two activations of a channel grain can
/// never fork its history. Offsets are consecutive from 1 and never reused within an epoch; an epoch ends when a log was lost. Logs of a store
/// that lost everything go on with offsets larger than any before.
/// </summary>
public interface IMessageLog
{
    /// <summary>Whether other processes write here too, so that an event of theirs can be lost on its way.</summary>
    bool IsShared { get; }

    /// <summary>Claims the channel for one writer and reads where its log stands. Earlier writers are fenced from here on.</summary>
    /// <exception cref="TooManyChannelsException">The channel is new, and its tenant has as many as it may; nothing was changed.</exception>
    /// <exception cref="LogUnavailableException">The store did not answer.</exception>
    ValueTask<LogClaim> ClaimAsync(ChannelId channel, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends messages after the claim's head: all or nothing. Outcomes are values; after an exception of the store
    /// (a time-out, a lost connection) the implementation has read back whether the append happened and answers for sure,
    /// or throws <see cref="LogUnavailableException"/> and the claim must not be used again.
    /// </summary>
    /// <param name="claim">The claim, whose head the first message follows: <c>messages[0].Offset == claim.Head.Offset + 1</c>.</param>
    /// <param name="messages">Consecutive messages.</param>
    /// <param name="cancellationToken">Ends waiting for the store, with an unknown outcome.</param>
    /// <returns>The advanced claim, or null when a later claim fenced this one.</returns>
    ValueTask<LogClaim?> AppendAsync(LogClaim claim, IReadOnlyList<Message> messages, CancellationToken cancellationToken = default);

    /// <summary>Reads up to <paramref name="limit"/> consecutive messages after an offset. An unknown channel reads as empty with epoch 0.</summary>
    ValueTask<LogRead> ReadAsync(ChannelId channel, long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Stores, with the log, whether a silo wants this channel's messages.</summary>
    ValueTask SetInterestAsync(ChannelId channel, string silo, bool interested, CancellationToken cancellationToken = default);

    /// <summary>
    /// The channels of a tenant that changed after a point in the tenant's own sequence, and the sequence now.
    /// A wildcard session that was away finds by it what it missed, also in channels that did not exist when it left.
    /// </summary>
    ValueTask<ChangedChannels> ReadChangedAsync(string tenant, long afterSequence, int limit, CancellationToken cancellationToken = default);

    /// <summary>The last point that a tenant's sequence has reached; 0 before the first message.</summary>
    ValueTask<long> SequenceAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Finds the place in a channel that a point in the tenant's sequence names: the offset of the last message logged at or before it, or,
    /// where no such message is retained, the offset before the oldest one. A log that knows its messages' points less exactly names an earlier
    /// place, never a later one.
    /// </summary>
    ValueTask<LogPlace> FindAsync(ChannelId channel, long sequence, CancellationToken cancellationToken = default);

    /// <summary>
    /// Drops what is older than <see cref="TidingsLimits.LogAge"/> in channels nobody writes to any more. Heads and epochs stay; those of channels
    /// that hold no messages, that no silo wants, and that nobody claimed or wrote to for <see cref="TidingsLimits.LogHeadAge"/> are forgotten.
    /// A forgotten channel that comes back has a larger epoch; claims from before are fenced.
    /// </summary>
    /// <param name="isGone">Which silos are dead, so that they want nothing any more.</param>
    /// <param name="cancellationToken">Ends the work between two steps.</param>
    ValueTask TrimAsync(Func<string, bool>? isGone = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells a store that came back without its data that there were logs: whoever claims a channel from now on, even without having known them,
    /// begins it at an offset larger than any before. A store that lost nothing is left as it is.
    /// </summary>
    ValueTask RemindAsync(CancellationToken cancellationToken = default) => default;

    /// <summary>Bytes that a channel's log takes up in its store; 0 where it holds nothing, or where that is not known.</summary>
    ValueTask<long> BytesAsync(ChannelId channel, CancellationToken cancellationToken = default) => default;

    /// <summary>Whether the store answers.</summary>
    ValueTask<bool> IsHealthyAsync(CancellationToken cancellationToken = default);
}

/// <summary>A writer's right to append to one channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Writer">The fencing token: the largest is the only one that may append.</param>
/// <param name="Head">Where the log stands.</param>
/// <param name="Silos">The silos that want this channel's messages.</param>
public sealed record LogClaim(ChannelId Channel, long Writer, ChannelHead Head, IReadOnlyCollection<string> Silos);

/// <summary>Answer of <see cref="IMessageLog.ReadChangedAsync"/>.</summary>
/// <param name="Sequence">The tenant's sequence at the time of reading, or that of the last channel named where the limit cut the list.</param>
/// <param name="Channels">Names of the channels, in order of their last change.</param>
public sealed record ChangedChannels(long Sequence, IReadOnlyList<string> Channels);

/// <summary>Answer of <see cref="IMessageLog.FindAsync"/>.</summary>
/// <param name="Head">The head at the time of reading; epoch 0 if there is no such channel.</param>
/// <param name="Offset">The place.</param>
public readonly record struct LogPlace(ChannelHead Head, long Offset);

/// <summary>Points in tenants' sequences: they follow the clock of the store.</summary>
public static class LogSequence
{
    /// <summary>The point that the sequences reach at a time: microseconds since 1970 UTC.</summary>
    public static long At(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time that a point was reached at.</summary>
    public static DateTimeOffset TimeOf(long sequence) => DateTimeOffset.UnixEpoch.AddTicks(sequence * TimeSpan.TicksPerMicrosecond);
}

/// <summary>The store of the logs did not answer in time, or refused; whether the last append happened is not known.</summary>
[GenerateSerializer, Alias("tidings.LogUnavailableException")]
public sealed class LogUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LogUnavailableException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public LogUnavailableException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    public LogUnavailableException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
