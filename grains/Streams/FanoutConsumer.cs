using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Tidings.Grains.Fanout;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Streams;

/// <summary>
/// Subscribes this silo's fan-out to this silo's stream, through the silo's own client. A subscription that Orleans gave up would leave the silo
/// deaf without a sign of it, so the stream is pinged, and subscribed to anew when the pings do not come back.
/// </summary>
internal sealed partial class FanoutConsumer(
    IServiceProvider services,
    SiloQueue queue,
    SiloFanout fanout,
    ILocalSiloDetails local,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    SiloMetrics metrics,
    ILogger<FanoutConsumer> logger)
    : BackgroundService, IAsyncObserver<FanoutEvent>
{
    private static readonly TimeSpan UnsubscribePatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PingPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private StreamSubscriptionHandle<FanoutEvent>? _subscription;
    private long _heard;

    /// <summary>Whether messages reach this silo.</summary>
    public bool IsSubscribed => _subscription is not null && time.GetElapsedTime(Volatile.Read(ref _heard)) < Silence;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(queue.Stop);
        await SubscribeAsync();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await UnsubscribeAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(PingPeriod, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                // A call that is under way when the silo stops is never answered.
                await LookAsync().WaitAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.StreamFailed(logger, exception);
            }
        }
    }

    private async Task LookAsync()
    {
        await Stream().OnNextAsync(new FanoutEvent([], LogSequence.At(time.GetUtcNow())));
        if (!IsSubscribed)
        {
            Log.Deaf(logger);
            await UnsubscribeAsync();
            await SubscribeAsync();
            await fanout.CatchUpAllAsync();
        }
    }

    private async Task SubscribeAsync()
    {
        _subscription = await Stream().SubscribeAsync(this);
        Volatile.Write(ref _heard, time.GetTimestamp());
    }

    private async Task UnsubscribeAsync()
    {
        try
        {
            await (_subscription?.UnsubscribeAsync().WaitAsync(UnsubscribePatience, time) ?? Task.CompletedTask);
        }
        catch (Exception exception)
        {
            Log.UnsubscribeFailed(logger, exception);
        }

        _subscription = null;
    }

    private IAsyncStream<FanoutEvent> Stream() => services.GetRequiredService<IClusterClient>()
        .GetStreamProvider(SiloStream.Provider)
        .GetStream<FanoutEvent>(SiloStream.IdOf(SiloStream.NameOf(local.SiloAddress)));

    /// <summary>Never throws and never waits: a consumer that does holds its stream up.</summary>
    public Task OnNextAsync(FanoutEvent item, StreamSequenceToken? token = null)
    {
        Volatile.Write(ref _heard, time.GetTimestamp());
        if (item.SentAt > 0 && metrics.StreamLag.Enabled)
        {
            metrics.StreamLag.Record(Math.Max(0, (time.GetUtcNow() - LogSequence.TimeOf(item.SentAt)).TotalSeconds));
        }

        fanout.Deliver(item.SentAt, item.Batches);
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        Log.StreamFailed(logger, ex);
        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1114, LogLevel.Warning, "This silo's stream brings nothing; subscribing to it anew")]
        public static partial void Deaf(ILogger logger);

        [LoggerMessage(1112, LogLevel.Warning, "This silo's stream reported an error")]
        public static partial void StreamFailed(ILogger logger, Exception exception);

        [LoggerMessage(1113, LogLevel.Information, "This silo's stream could not be unsubscribed from")]
        public static partial void UnsubscribeFailed(ILogger logger, Exception exception);
    }
}
