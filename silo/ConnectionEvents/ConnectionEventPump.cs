using Microsoft.Extensions.Options;
using Tidings.Protocols.Hono;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>A queue for each producer that configuration selects.</summary>
internal sealed class ConnectionEventPump : BackgroundService
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly ProducerQueue[] _queues;

    public ConnectionEventPump(
        IEnumerable<IConnectionEventProducer> producers,
        IOptions<ConnectionEventOptions> options,
        ConnectionEventMetrics metrics,
        TimeProvider time,
        ILogger<ConnectionEventPump> logger)
    {
        var name = ConnectionEventSettings.ReadProducer(options.Value.Producer) switch
        {
            ConnectionEventProducerKind.Logging => "logging",
            ConnectionEventProducerKind.Events => "events",
            _ => options.Value.Producer,
        };
        _queues =
        [
            .. producers
                .Where(producer => string.Equals(producer.Name, name, StringComparison.OrdinalIgnoreCase))
                .Select(producer => new ProducerQueue(producer, options.Value, metrics, time, logger)),
        ];
    }

    /// <summary>Every queue; none where nobody wants events.</summary>
    public IReadOnlyList<ProducerQueue> Queues => _queues;

    /// <inheritdoc/>
    /// <remarks>What waits is given a moment.</remarks>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        Array.ForEach(_queues, static queue => queue.Complete());
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(LastWords, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_queues.Select(queue => queue.RunAsync(stoppingToken)));
}
