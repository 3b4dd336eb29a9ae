using System.Threading.Channels;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>What waits for one producer: bounded, in order, tried again for a while. A producer that is slow or away holds nobody else up.</summary>
internal sealed partial class ProducerQueue(
    IConnectionEventProducer producer, ConnectionEventOptions options, ConnectionEventMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Channel<Entry> _waiting = Channel.CreateBounded<Entry>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true });

    /// <summary>Queues an event; drops it, counted, when too many wait.</summary>
    public void Offer(SessionEvent happened)
    {
        if (!_waiting.Writer.TryWrite(new Entry(happened, null)))
        {
            Drop();
        }
    }

    /// <summary>Queues an event that is worthless if it does not arrive in time. False if it did not.</summary>
    public async Task<bool> OfferAsync(SessionEvent happened, TimeSpan within)
    {
        var arrived = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_waiting.Writer.TryWrite(new Entry(happened, arrived)))
        {
            Drop();
            return false;
        }

        try
        {
            return await arrived.Task.WaitAsync(within, time);
        }
        catch (TimeoutException)
        {
            // Unless it arrived just now.
            arrived.TrySetResult(false);
            return await arrived.Task;
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>Brings events out until <see cref="Complete"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var entry in _waiting.Reader.ReadAllAsync(cancellationToken))
        {
            if (entry.Arrived is not { Task.IsCompleted: true })
            {
                await BringAsync(entry, cancellationToken);
            }
        }
    }

    private async Task BringAsync(Entry entry, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; !await TryAsync(entry, cancellationToken); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (entry.Arrived?.TrySetResult(false) == true || time.GetUtcNow() - entry.Event.Time > options.Patience)
            {
                Drop();
                return;
            }

            await Task.Delay(pause, time, cancellationToken);
        }

        entry.Arrived?.TrySetResult(true);
        metrics.Produced.Add(1, Tag);
    }

    private async Task<bool> TryAsync(Entry entry, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var limit = new CancellationTokenSource(Attempt, time);
        using var linked = limit.Token.Register(attempt.Cancel);
        try
        {
            await producer.ProduceAsync(entry.Event, attempt.Token);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotTaken(logger, producer.GetType().Name, exception);
            return false;
        }
    }

    private void Drop() => metrics.Dropped.Add(1, Tag);

    private KeyValuePair<string, object?> Tag => new("producer", producer.GetType().Name);

    private sealed record Entry(SessionEvent Event, TaskCompletionSource<bool>? Arrived);

    private static partial class Log
    {
        [LoggerMessage(1911, LogLevel.Warning, "{Producer} did not take a connection event")]
        public static partial void NotTaken(ILogger logger, string producer, Exception exception);
    }
}
