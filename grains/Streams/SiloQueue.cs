using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Tidings.Grains.Streams;

/// <summary>
/// The queue behind this silo's stream, in memory. Its reader waits for data instead of polling, which is what keeps a
/// stream's latency under a millisecond. Full means events are dropped: the gap is seen by offsets and repaired from the log.
/// </summary>
internal sealed class SiloQueue : IQueueAdapterReceiver, IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Channel<Waiting> _events = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IOptions<TidingsLimits> _limits;
    private readonly StreamId _stream;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private long _sequence;
    private long _bytes;
    private int _count;

    public SiloQueue(string silo, IOptions<TidingsLimits> limits, TimeProvider time)
    {
        _limits = limits;
        _stream = SiloStream.IdOf(silo);
        _time = time;
    }

    /// <summary>Puts an event at the end. False when it is full, in events or in bytes.</summary>
    public bool TryEnqueue(FanoutEvent fanoutEvent)
    {
        var bytes = fanoutEvent.Batches.Sum(static batch => batch.Size);
        if (Reserve(bytes) && _events.Writer.TryWrite(new Waiting(fanoutEvent, bytes)))
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    /// <summary>
    /// Waits for (a) an event, (b) a second to pass, (c) the silo to stop: the pulling agent is awaited at shutdown before its
    /// receiver is told, so it must never wait long. Never throws, as a receiver that throws is backed off for many seconds.
    /// </summary>
    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
    {
        if (!_events.Reader.TryRead(out var first))
        {
            try
            {
                using var patience = new CancellationTokenSource(LongestWait, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopping.Token);
                first = await _events.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                return [];
            }
        }

        return [new SiloBatch(_stream, Collect(first), new EventSequenceTokenV2(++_sequence))];
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public Task Shutdown(TimeSpan timeout) => Task.CompletedTask;

    /// <summary>Ends waiting; called when the host begins to stop.</summary>
    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();

    /// <summary>What is larger than the bound alone is taken while nothing else waits: dropped, it would be dropped every time.</summary>
    private bool Reserve(long bytes)
    {
        var most = _limits.Value;
        var count = Interlocked.Increment(ref _count);
        var held = Interlocked.Add(ref _bytes, bytes);
        return count <= most.StreamQueueEvents && (held <= most.StreamQueueBytes || held == bytes || bytes == 0);
    }

    private void Release(long bytes)
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -bytes);
    }

    private FanoutEvent Collect(Waiting first)
    {
        Release(first.Bytes);
        if (!_events.Reader.TryRead(out var next))
        {
            return first.Event;
        }

        var batches = new List<ChannelBatch>(first.Event.Batches);
        do
        {
            Release(next.Bytes);
            batches.AddRange(next.Event.Batches);
        }
        while (_events.Reader.TryRead(out next));

        return new FanoutEvent([.. batches], first.Event.SentAt);
    }

    private readonly record struct Waiting(FanoutEvent Event, long Bytes);
}

/// <summary>The events that one read of the queue found, as one batch of the stream.</summary>
[GenerateSerializer, Immutable, Alias("tidings.SiloBatch")]
internal sealed class SiloBatch(StreamId stream, FanoutEvent fanoutEvent, StreamSequenceToken token) : IBatchContainer
{
    [Id(0)]
    private readonly FanoutEvent _event = fanoutEvent;

    [Id(1)]
    public StreamId StreamId { get; } = stream;

    [Id(2)]
    public StreamSequenceToken SequenceToken { get; } = token;

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() =>
        _event is T typed ? [Tuple.Create(typed, SequenceToken)] : [];

    public bool ImportRequestContext() => false;
}
