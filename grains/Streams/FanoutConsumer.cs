using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Tidings.Grains.Fanout;

namespace Tidings.Grains.Streams;

/// <summary>Subscribes this silo's fan-out to this silo's stream, through the silo's own client.</summary>
internal sealed partial class FanoutConsumer(
    IServiceProvider services, SiloQueue queue, SiloFanout fanout, ILocalSiloDetails local, IHostApplicationLifetime lifetime, ILogger<FanoutConsumer> logger)
    : IHostedService, IAsyncObserver<FanoutEvent>
{
    private StreamSubscriptionHandle<FanoutEvent>? _subscription;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(queue.Stop);
        _subscription = await services.GetRequiredService<IClusterClient>()
            .GetStreamProvider(SiloStream.Provider)
            .GetStream<FanoutEvent>(SiloStream.IdOf(SiloStream.NameOf(local.SiloAddress)))
            .SubscribeAsync(this);
        IsSubscribed = true;
    }

    /// <summary>Whether messages reach this silo.</summary>
    public bool IsSubscribed { get; private set; }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        IsSubscribed = false;
        if (_subscription is { } subscription)
        {
            try
            {
                await subscription.UnsubscribeAsync().WaitAsync(cancellationToken);
            }
            catch (Exception exception)
            {
                Log.UnsubscribeFailed(logger, exception);
            }
        }
    }

    /// <summary>Never throws and never waits: a consumer that does holds its stream up.</summary>
    public Task OnNextAsync(FanoutEvent item, StreamSequenceToken? token = null)
    {
        foreach (var batch in item.Batches)
        {
            try
            {
                fanout.Deliver(batch);
            }
            catch (Exception exception)
            {
                Log.DeliverFailed(logger, exception);
            }
        }

        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        Log.StreamFailed(logger, ex);
        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1111, LogLevel.Error, "A batch could not be passed on; its gap will be repaired from the log")]
        public static partial void DeliverFailed(ILogger logger, Exception exception);

        [LoggerMessage(1112, LogLevel.Warning, "This silo's stream reported an error")]
        public static partial void StreamFailed(ILogger logger, Exception exception);

        [LoggerMessage(1113, LogLevel.Information, "This silo's stream could not be unsubscribed from while stopping")]
        public static partial void UnsubscribeFailed(ILogger logger, Exception exception);
    }
}
