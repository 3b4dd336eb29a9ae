using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tidings.Protocols.Hono;
using Tidings.Silo.ConnectionEvents;

namespace Tidings.Events.Tests;

public sealed class ProducerQueueTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ConnectionEventMetrics _metrics;
    private long _dropped;

    public ProducerQueueTests()
    {
        _metrics = new ConnectionEventMetrics(_services.GetRequiredService<IMeterFactory>());
        _listener.EnableMeasurementEvents(_metrics.Dropped);
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _dropped, count));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void What_does_not_fit_is_dropped_and_counted()
    {
        var queue = QueueOf(new Deaf(), new ConnectionEventOptions { QueueLength = 2 });
        for (var count = 0; count < 5; count++)
        {
            queue.Offer(Happened(TimeProvider.System.GetUtcNow()));
        }

        Assert.Equal(3, Interlocked.Read(ref _dropped));
    }

    [Fact]
    public async Task What_nobody_takes_in_time_is_dropped_and_counted_and_the_next_is_tried()
    {
        var deaf = new Deaf();
        var queue = QueueOf(deaf, new ConnectionEventOptions { Patience = TimeSpan.FromMinutes(1) });
        queue.Offer(Happened(TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(2)));
        queue.Offer(Happened(TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(2)));
        queue.Complete();
        await queue.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(2, deaf.Asked);
        Assert.Equal(2, Interlocked.Read(ref _dropped));
    }

    [Fact]
    public async Task What_is_worthless_by_now_is_not_brought_any_more()
    {
        var deaf = new Deaf();
        var queue = QueueOf(deaf, new ConnectionEventOptions());
        Assert.False(await queue.OfferAsync(Happened(TimeProvider.System.GetUtcNow()), TimeSpan.FromMilliseconds(10)));
        queue.Complete();
        await queue.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, deaf.Asked);
    }

    [Fact]
    public async Task A_tenant_whose_events_are_not_taken_holds_up_no_other()
    {
        var picky = new Picky("red");
        var queue = QueueOf(picky, new ConnectionEventOptions());
        queue.Offer(Happened(TimeProvider.System.GetUtcNow(), "red"));
        queue.Offer(Happened(TimeProvider.System.GetUtcNow(), "blue"));
        using var stopping = new CancellationTokenSource();
        var running = queue.RunAsync(stopping.Token);
        await picky.Took.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(await queue.OfferAsync(Happened(TimeProvider.System.GetUtcNow(), "blue"), TimeSpan.FromSeconds(20)));
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private ProducerQueue QueueOf(IConnectionEventProducer producer, ConnectionEventOptions options) =>
        new(producer, options, _metrics, TimeProvider.System, NullLogger.Instance);

    private static SessionEvent Happened(DateTimeOffset time, string tenant = "t") => new()
    {
        Tenant = tenant,
        Device = "d",
        Session = "s",
        Number = 1,
        Time = time,
        Event = new ConnectionEvent { Cause = ConnectionCause.Connected, RemoteId = "r", Source = "s" },
    };

    private sealed class Deaf : IConnectionEventProducer
    {
        public string Name => "deaf";

        public int Asked { get; private set; }

        public Task ProduceAsync(SessionEvent happened, CancellationToken cancellationToken)
        {
            Asked++;
            throw new IOException("Nobody listens.");
        }
    }

    private sealed class Picky(string refused) : IConnectionEventProducer
    {
        public string Name => "picky";

        public TaskCompletionSource Took { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task ProduceAsync(SessionEvent happened, CancellationToken cancellationToken)
        {
            if (happened.Tenant == refused)
            {
                throw new IOException("Not from there.");
            }

            Took.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
