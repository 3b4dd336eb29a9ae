namespace Tidings.Silo.ConnectionEvents;

/// <summary>
/// What waits for one producer: bounded, in order, tried again for a while. A producer that is slow or away holds nobody else up. Each tenant
/// has a lane of its own, so that one whose events are not taken holds up no other's.
/// </summary>
internal sealed partial class ProducerQueue(
    IConnectionEventProducer producer, ConnectionEventOptions options, ConnectionEventMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();

    /// <summary>What waits, by tenant; a tenant is here as long as something of it waits or is being brought.</summary>
    private readonly Dictionary<string, Queue<Entry>> _lanes = new(StringComparer.Ordinal);

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _stopping;
    private int _waiting;
    private bool _isRunning;
    private bool _isComplete;

    /// <summary>Queues an event; drops it, counted, when too many wait.</summary>
    public void Offer(SessionEvent happened)
    {
        if (!TryAdd(new Entry(happened, null)))
        {
            Drop();
        }
    }

    /// <summary>Queues an event that is worthless if it does not arrive in time. False if it did not.</summary>
    public async Task<bool> OfferAsync(SessionEvent happened, TimeSpan within)
    {
        var arrived = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!TryAdd(new Entry(happened, arrived)))
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
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            EndIfDrained();
        }
    }

    /// <summary>Brings events out until <see cref="Complete"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            (_isRunning, _stopping) = (true, cancellationToken);
            foreach (var (tenant, lane) in _lanes)
            {
                Begin(tenant, lane);
            }

            EndIfDrained();
        }

        await _drained.Task.WaitAsync(cancellationToken);
    }

    private bool TryAdd(Entry entry)
    {
        lock (_lock)
        {
            if (_isComplete || _waiting >= options.QueueLength)
            {
                return false;
            }

            _waiting++;
            if (_lanes.TryGetValue(entry.Event.Tenant, out var lane))
            {
                lane.Enqueue(entry);
                return true;
            }

            _lanes[entry.Event.Tenant] = lane = new Queue<Entry>([entry]);
            if (_isRunning)
            {
                Begin(entry.Event.Tenant, lane);
            }

            return true;
        }
    }

    private void Begin(string tenant, Queue<Entry> lane) => _ = Task.Run(() => EmptyAsync(tenant, lane), CancellationToken.None);

    /// <summary>Brings out what a tenant has, until nothing is left.</summary>
    private async Task EmptyAsync(string tenant, Queue<Entry> lane)
    {
        try
        {
            while (Next(tenant, lane) is { } entry)
            {
                if (entry.Arrived is not { Task.IsCompleted: true })
                {
                    await BringAsync(entry, _stopping);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The silo stops; what is left is lost.
        }
    }

    private Entry? Next(string tenant, Queue<Entry> lane)
    {
        lock (_lock)
        {
            if (lane.TryDequeue(out var entry))
            {
                _waiting--;
                return entry;
            }

            _lanes.Remove(tenant);
            EndIfDrained();
            return null;
        }
    }

    private void EndIfDrained()
    {
        if (_isRunning && _isComplete && _lanes.Count == 0)
        {
            _drained.TrySetResult();
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
            Log.NotTaken(logger, producer.GetType().Name, entry.Event.Tenant, exception);
            return false;
        }
    }

    private void Drop() => metrics.Dropped.Add(1, Tag);

    private KeyValuePair<string, object?> Tag => new("producer", producer.GetType().Name);

    private sealed record Entry(SessionEvent Event, TaskCompletionSource<bool>? Arrived);

    private static partial class Log
    {
        [LoggerMessage(1911, LogLevel.Warning, "{Producer} did not take a connection event of tenant {Tenant}")]
        public static partial void NotTaken(ILogger logger, string producer, string tenant, Exception exception);
    }
}
