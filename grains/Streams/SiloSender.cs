using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Streams;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Streams;

/// <summary>
/// Sends messages to silos' streams: one event in flight per silo, what comes meanwhile joins the next. What is for this silo itself takes no
/// stream. The live path may lose: an event that fails is dropped and counted, and the receiving fan-out repairs the gap from the log. What is for a
/// silo that is gone is for nobody.
/// </summary>
internal sealed partial class SiloSender(
    IServiceProvider services,
    ISiloEvents local,
    IClusterMembers members,
    IOptions<TidingsLimits> limits,
    TimeProvider time,
    ILogger<SiloSender> logger,
    SiloMetrics metrics)
{
    /// <summary>Bytes of payload after which an event is full: the next batch goes with the next event.</summary>
    private const int EventBytes = 4 * 1024 * 1024;

    private readonly IServiceProvider _services = services;
    private readonly ISiloEvents _local = local;
    private readonly IClusterMembers _members = members;
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private readonly SiloMetrics _metrics = metrics;
    private readonly ConcurrentDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    private TidingsLimits Limits => limits.Value;

    /// <summary>Queues a batch for each silo. Batches of one channel arrive in the order of these calls.</summary>
    public void Send(IReadOnlyCollection<string> silos, ChannelBatch batch)
    {
        var bytes = batch.Size;
        foreach (var silo in silos)
        {
            _lanes.GetOrAdd(silo, static (name, self) => new Lane(self, name), this).Add(batch, bytes);
        }
    }

    /// <summary>Forgets the lanes of silos that are gone.</summary>
    public void Retain(IReadOnlySet<string> alive)
    {
        foreach (var silo in _lanes.Keys.Where(silo => !alive.Contains(silo)))
        {
            _lanes.TryRemove(silo, out _);
        }
    }

    /// <summary>What waits for one silo.</summary>
    private sealed class Lane(SiloSender sender, string silo) : IThreadPoolWorkItem
    {
        private readonly Lock _lock = new();
        private readonly Queue<(ChannelBatch Batch, long Bytes)> _waiting = new();
        private volatile bool _isGone = silo != sender._local.Silo && sender._members.IsGone(silo);
        private IAsyncStream<FanoutEvent>? _stream;
        private long _bytes;
        private bool _sending;

        private long Now => LogSequence.At(sender._time.GetUtcNow());

        private bool IsLocal => silo == sender._local.Silo;

        private IAsyncStream<FanoutEvent> Stream => _stream ??= sender._services
            .GetRequiredKeyedService<IStreamProvider>(SiloStream.Provider).GetStream<FanoutEvent>(SiloStream.IdOf(silo));

        public void Add(ChannelBatch batch, long bytes)
        {
            if (_isGone)
            {
                return;
            }

            lock (_lock)
            {
                if (_waiting.Count >= sender.Limits.StreamLaneBatches || (_bytes > 0 && _bytes + bytes > sender.Limits.StreamLaneBytes))
                {
                    sender._metrics.StreamEventsDropped.Add(1);
                    return;
                }

                _waiting.Enqueue((batch, bytes));
                _bytes += bytes;
                if (_sending)
                {
                    return;
                }

                _sending = true;
            }

            // Off the channel grain's turn: sending must not delay the next publish.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }

        void IThreadPoolWorkItem.Execute()
        {
            if (!IsLocal)
            {
                _ = SendAllAsync();
                return;
            }

            while (TakeWaiting() is { Length: > 0 } batches)
            {
                sender._metrics.StreamEvents.Add(1);
                sender._local.Deliver(Now, batches);
            }
        }

        private async Task SendAllAsync()
        {
            while (TakeWaiting() is { Length: > 0 } batches)
            {
                await SendAsync(batches);
            }
        }

        private async Task SendAsync(ChannelBatch[] batches)
        {
            try
            {
                sender._metrics.StreamEvents.Add(1);
                await Stream.OnNextAsync(new FanoutEvent(batches, Now)).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                sender._metrics.StreamEventsDropped.Add(1);
                Log.EventLost(sender._logger, silo, exception);
                _isGone = sender._members.IsGone(silo);
            }
        }

        private ChannelBatch[] TakeWaiting()
        {
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _sending = false;
                    return [];
                }

                var batches = new ChannelBatch[CountOfEvent()];
                for (var i = 0; i < batches.Length; i++)
                {
                    (batches[i], var bytes) = _waiting.Dequeue();
                    _bytes -= bytes;
                }

                return batches;
            }
        }

        private int CountOfEvent()
        {
            if (_bytes <= EventBytes)
            {
                return _waiting.Count;
            }

            var (count, total) = (0, 0L);
            foreach (var (_, bytes) in _waiting)
            {
                total += bytes;
                if (count > 0 && total > EventBytes)
                {
                    break;
                }

                count++;
            }

            return count;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1101, LogLevel.Warning, "An event for silo {Silo} was lost; its fan-out will repair the gap from the log")]
        public static partial void EventLost(ILogger logger, string silo, Exception exception);
    }
}
