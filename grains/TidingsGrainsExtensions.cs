using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Streams;
using Tidings.Grains.Administration;
using Tidings.Grains.Channels;
using Tidings.Grains.Fanout;
using Tidings.Grains.Patterns;
using Tidings.Grains.Sessions;
using Tidings.Grains.Streams;

namespace Tidings.Grains;

/// <summary>Registers the session core with a silo.</summary>
public static class TidingsGrainsExtensions
{
    /// <summary>
    /// Adds grains' services, the silo's fan-out and the stream per silo. The host adds a message log
    /// (<see cref="Logs.IMessageLog"/>) and grain storage named <see cref="TidingsStorage.Name"/> and <c>PubSubStore</c>.
    /// </summary>
    public static ISiloBuilder AddTidingsGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddOptions<TidingsLimits>().BindConfiguration(TidingsLimits.Section);
        silo.Services.AddMetrics();
        silo.Services.AddSingleton<SiloMetrics>();
        silo.Services.AddSingleton<IClusterMembers, ClusterMembers>();
        silo.Services.AddSingleton<PatternIndex>();
        silo.Services.TryAddSingleton<ISessionStore, NoSessionStore>();
        silo.Services.TryAddSingleton<ISessionObserver, NoSessionObserver>();
        silo.Services.AddSingleton<SiloFanout>();
        silo.Services.AddSingleton<ISiloEvents>(static services => services.GetRequiredService<SiloFanout>());
        silo.Services.AddSingleton<SiloSender>();
        silo.Services.AddSingleton<SiloServiceClient>();
        silo.Services.AddSingleton(services => new SiloQueue(
            SiloStream.NameOf(services.GetRequiredService<ILocalSiloDetails>().SiloAddress),
            services.GetRequiredService<IOptions<TidingsLimits>>(),
            services.GetRequiredService<TimeProvider>()));
        silo.Services.AddSingleton<HeadAnnouncer>();
        silo.Services.AddSingleton<FanoutConsumer>();
        silo.Services.AddSingleton<IHostedService>(static services => services.GetRequiredService<FanoutConsumer>());
        silo.Services.AddSingleton<IHostedService>(static services => services.GetRequiredService<HeadAnnouncer>());
        silo.Services.AddSingleton<SiloDeparture>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static services => services.GetRequiredService<SiloDeparture>());
        silo.Services.AddHostedService<SessionSweeper>();
        silo.AddGrainService<SiloService>();
        silo.AddAdministration();
        return silo.AddPersistentStreams(SiloStream.Provider, SiloQueueAdapter.Create, streams =>
        {
            streams.Configure<StreamPullingAgentOptions>(options => options.Configure(pulling =>
            {
                // The receiver waits for data itself; between two waits there is nothing to wait for.
                pulling.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(1);
                pulling.MaxEventDeliveryTime = TimeSpan.FromSeconds(5);
            }));
            streams.ConfigurePartitionBalancing(static (services, _) => (IStreamQueueBalancer)services.GetRequiredKeyedService<IQueueAdapterFactory>(SiloStream.Provider));
        });
    }
}
