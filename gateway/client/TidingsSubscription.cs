using System.Threading.Channels;

namespace Tidings.Client;

/// <summary>
/// A subscription to a channel or pattern, and its messages in the order in which the server sent them. It is kept through reconnects.
/// </summary>
/// <remarks>
/// Messages are read by one reader. When <see cref="TidingsClientOptions.Buffer"/> of them wait, the client takes no more from the server
/// until there is room, for its other subscriptions neither: subscriptions of very unequal readers belong to clients of their own. A reader that
/// rests for longer than the server keeps sessions (60 s by default) finds a new session, and is told of a gap unless it replays.
/// </remarks>
public sealed class TidingsSubscription : IAsyncEnumerable<TidingsMessage>, IAsyncDisposable
{
    private readonly Channel<TidingsMessage> _messages;
    private readonly Func<TidingsSubscription, ValueTask> _leave;
    private readonly TaskCompletionSource _established = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;

    internal TidingsSubscription(string channel, long? after, int buffer, Func<TidingsSubscription, ValueTask> leave)
    {
        Channel = channel;
        After = after;
        _leave = leave;
        _messages = System.Threading.Channels.Channel.CreateBounded<TidingsMessage>(new BoundedChannelOptions(buffer) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>The channel or pattern.</summary>
    public string Channel { get; }

    /// <summary>
    /// With replay, the id of the last message that was read: given to a later subscription as the place to go on from, it continues there.
    /// Null where none was read.
    /// </summary>
    public long? LastId { get; private set; }

    internal bool IsPattern => Channel.EndsWith("/*", StringComparison.Ordinal) || Channel.EndsWith("/**", StringComparison.Ordinal);

    /// <summary>Where a new session goes on: after the last message that came, or where the first one began.</summary>
    internal long? After { get; private set; }

    /// <summary>The session in which it is in force; null before.</summary>
    internal string? Session { get; private set; }

    /// <summary>The session that was asked for it, and may have it; null before, and where it was refused.</summary>
    internal string? AskedIn { get; set; }

    internal Task Established => _established.Task;

    /// <summary>Waits for the next message.</summary>
    /// <exception cref="ChannelClosedException">The subscription, or the client, was ended by its owner.</exception>
    /// <exception cref="TidingsException">The server refused it after a reconnect, or the client is closed.</exception>
    public async ValueTask<TidingsMessage> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return Read(await _messages.Reader.ReadAsync(cancellationToken));
        }
        catch (ChannelClosedException closed) when (closed.InnerException is TidingsException cause)
        {
            throw cause is TidingsClosedException ? new TidingsClosedException(cause.Message, cause) : new TidingsException(cause.Message, cause: cause);
        }
    }

    /// <summary>
    /// The messages as they come. It ends when the subscription or the client is disposed of; leaving the loop ends the subscription, as messages that nobody
    /// reads would hold up the client. To read on later, use <see cref="ReadAsync"/>.
    /// </summary>
    /// <exception cref="TidingsException">The server refused it after a reconnect, or the client is closed.</exception>
    public async IAsyncEnumerator<TidingsMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        try
        {
            while (await _messages.Reader.WaitToReadAsync(cancellationToken))
            {
                while (_messages.Reader.TryRead(out var message))
                {
                    yield return Read(message);
                }
            }
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <summary>Unsubscribes. Messages that wait are still given to the reader.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            End(null);
            await _leave(this);
        }
    }

    internal void Establish(string session)
    {
        Session = session;
        _established.TrySetResult();
    }

    /// <summary>The log does not hold the place any more: it goes on with all that there is.</summary>
    internal void ReplayAll() => After = ReplayFrom.All;

    /// <summary>No more messages come.</summary>
    /// <param name="why">What the reader is told after the last one; null for nothing.</param>
    internal void End(TidingsException? why)
    {
        _messages.Writer.TryComplete(why);
        _established.TrySetException(why ?? new TidingsException("The subscription was ended."));

        // Nobody may be waiting for it.
        _ = _established.Task.Exception;
    }

    internal async ValueTask DeliverAsync(TidingsMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _messages.Writer.WriteAsync(message, cancellationToken);
            After = IsPattern ? null : message.ReplayId ?? After;
        }
        catch (ChannelClosedException)
        {
            // It was left while this message was on its way.
        }
    }

    private TidingsMessage Read(TidingsMessage message)
    {
        LastId = message.ReplayId ?? LastId;
        return message;
    }
}

/// <summary>Places in a channel's log for those who know none of its ids (Salesforce Streaming API, "Message Durability").</summary>
public static class ReplayFrom
{
    /// <summary>Only what is published from now on.</summary>
    public const long New = -1;

    /// <summary>All that the log holds.</summary>
    public const long All = -2;
}
