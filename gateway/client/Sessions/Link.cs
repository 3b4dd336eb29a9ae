using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Tidings.Client.Transports;
using Tidings.Protocols.Bayeux;

namespace Tidings.Client.Sessions;

/// <summary>A wire on which requests find their replies by id, and messages their way to the session.</summary>
internal sealed partial class Link : IAsyncDisposable
{
    private static readonly BayeuxReaderLimits Limits = new()
    {
        MaxMessages = 1_000_000,
        MaxDepth = 1024,
        MaxChannelLength = 64 * 1024,
        MaxExtBytes = 1024 * 1024,
        MaxExtrasBytes = 1024 * 1024,
        MaxClientIdLength = 4096,
    };

    private readonly ConcurrentDictionary<string, TaskCompletionSource<BayeuxMessage>> _pending = new(StringComparer.Ordinal);
    private readonly Func<BayeuxMessage, ValueTask> _deliver;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _sides = new();
    private Wire _wire = null!;
    private Func<PollWire>? _openSide;
    private PollWire? _side;
    private Task _endedSides = Task.CompletedTask;
    private int _delivering;

    private Link(Func<BayeuxMessage, ValueTask> deliver, TimeProvider time, ILogger logger)
    {
        _deliver = deliver;
        _time = time;
        _logger = logger;
    }

    public string ConnectionType => _wire.ConnectionType;

    public bool HasAnswered => _wire.HasAnswered;

    /// <param name="connector">Opens the wire.</param>
    /// <param name="deliver">Gets each message that is no reply; its memory is good until the call is done.</param>
    /// <param name="options">The clock.</param>
    /// <param name="logger">For what cannot be read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LinkLostException">There is no way to the server.</exception>
    public static async Task<Link> OpenAsync(
        Connector connector, Func<BayeuxMessage, ValueTask> deliver, TidingsClientOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var link = new Link(deliver, options.Time, logger);
        link._wire = await connector.OpenAsync(link.ArriveAsync, cancellationToken);
        return link;
    }

    /// <summary>
    /// From now on, requests other than connects go over polls of their own: where the server pushes as it likes, a socket is not read while
    /// messages wait for their reader, and a reader that publishes must not wait for itself.
    /// </summary>
    public void SendBeside(Connector connector) => _openSide = () => connector.OpenPolls(ArriveAsync);

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <exception cref="LinkLostException">The wire ended, or no reply came in time; the outcome is unknown.</exception>
    public async Task<BayeuxMessage> AskAsync(BayeuxMessage request, TimeSpan patience, CancellationToken cancellationToken) =>
        (await AskAsync([request], patience, cancellationToken))[0];

    /// <summary>The same with several requests in one piece; replies in the order of the requests.</summary>
    public async Task<BayeuxMessage[]> AskAsync(IReadOnlyList<BayeuxMessage> requests, TimeSpan patience, CancellationToken cancellationToken)
    {
        var names = requests.Select(NameOf).ToArray();
        var replies = names.Select(Expect).ToArray();
        try
        {
            var wire = requests[0].Channel is MetaChannels.Connect or MetaChannels.Handshake ? _wire : WireOfOthers();
            var all = Task.WhenAll(replies.Select(static reply => reply.Task));
            var sending = wire.SendAsync(Write(requests));
            await AnyAsync(all, wire.Ended, patience, cancellationToken);
            if (all.IsCompleted)
            {
                return await all;
            }

            await sending;
            throw await wire.Ended;
        }
        catch (TimeoutException)
        {
            throw new LinkLostException($"No reply to {requests[0].Channel} in {patience.TotalSeconds} s");
        }
        finally
        {
            Array.ForEach(names, name => _pending.TryRemove(name, out _));
        }
    }

    /// <summary>Patience does not end while messages wait for their reader: the server is not to blame then.</summary>
    private async Task AnyAsync(Task replies, Task end, TimeSpan patience, CancellationToken cancellationToken)
    {
        var any = Task.WhenAny(replies, end);
        while (true)
        {
            try
            {
                await any.WaitAsync(patience, _time, cancellationToken);
                return;
            }
            catch (TimeoutException) when (Volatile.Read(ref _delivering) > 0)
            {
                // Once more.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_sides)
        {
            _openSide = null;
        }

        if (_side is not null)
        {
            await _side.DisposeAsync();
        }

        await _endedSides;
        await _wire.DisposeAsync();
    }

    /// <summary>The wire, or polls beside it. A request that failed there has ended them, but not the wire: the next one gets new ones.</summary>
    private Wire WireOfOthers()
    {
        lock (_sides)
        {
            if (_openSide is not { } open)
            {
                return _wire;
            }

            if (_side is { Ended.IsCompleted: true } ended)
            {
                _endedSides = Task.WhenAll(_endedSides, ended.DisposeAsync().AsTask());
                _side = null;
            }

            return _side ??= open();
        }
    }

    /// <exception cref="TidingsException">A request with this id is under way on this channel.</exception>
    private TaskCompletionSource<BayeuxMessage> Expect(string name)
    {
        var reply = new TaskCompletionSource<BayeuxMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _pending.TryAdd(name, reply) ? reply : throw new TidingsException("A publish with this id is under way on this channel.");
    }

    private static string NameOf(BayeuxMessage message) => $"{message.Channel} {Encoding.UTF8.GetString(message.Id.Span)}";

    private static ReadOnlyMemory<byte> Write(IReadOnlyList<BayeuxMessage> messages)
    {
        var output = new ArrayBufferWriter<byte>();
        for (var i = 0; i < messages.Count; i++)
        {
            output.Write(i == 0 ? "["u8 : ","u8);
            BayeuxWriter.WriteReply(output, messages[i]);
        }

        output.Write("]"u8);
        return output.WrittenMemory;
    }

    private async ValueTask ArriveAsync(ReadOnlyMemory<byte> json)
    {
        var read = BayeuxReader.Read(json, Limits);
        if (!read.IsSuccess && read.Failure != BayeuxReadFailure.Empty)
        {
            Log.Unreadable(_logger, read.Failure);
            throw new InvalidDataException($"The server sent something that is not Bayeux: {read.Failure}.");
        }

        await SortAsync(read.Messages);
    }

    /// <summary>
    /// Replies first, since whoever waits for one may be who makes room for messages; a connect's reply last, since what came with it has
    /// arrived only then.
    /// </summary>
    private async ValueTask SortAsync(IReadOnlyList<BayeuxMessage> messages)
    {
        var replies = messages.Where(IsReply).Where(static message => !message.Id.IsEmpty).ToLookup(static message => message.Channel == MetaChannels.Connect);
        Settle(replies[false]);
        Interlocked.Increment(ref _delivering);
        try
        {
            foreach (var message in messages.Where(static message => !IsReply(message) && message is { Channel: not null, Data.IsEmpty: false }))
            {
                await _deliver(message);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _delivering);
        }

        Settle(replies[true]);
    }

    private void Settle(IEnumerable<BayeuxMessage> replies)
    {
        foreach (var message in replies)
        {
            if (_pending.TryGetValue(NameOf(message), out var reply))
            {
                reply.TrySetResult(message.ToOwned());
            }
        }
    }

    private static bool IsReply(BayeuxMessage message) =>
        message.Successful is not null || message.Channel?.StartsWith(MetaChannels.Prefix, StringComparison.Ordinal) == true;

    private static partial class Log
    {
        [LoggerMessage(3201, LogLevel.Warning, "The server sent something that is not Bayeux: {Failure}")]
        public static partial void Unreadable(ILogger logger, BayeuxReadFailure failure);
    }
}
