using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Providers;
using StackExchange.Redis;
using Tidings.Grains;
using Tidings.Grains.Logs;
using Tidings.Grains.Membership;
using Tidings.Silo.ConnectionEvents;
using Tidings.Silo.Settings;
using Tidings.Silo.Telemetry;

namespace Tidings.Silo;

/// <summary>Adds a silo of Tidings to a host.</summary>
public static class TidingsSiloExtensions
{
    /// <summary>
    /// Grains whose place a silo remembers. Channels are called all the time; sessions, of which there are far more, when something about them
    /// changes. Orleans' default is a million, for which it makes room at once.
    /// </summary>
    private const int DirectoryCacheSize = 100_000;

    /// <summary>
    /// How long the runtime of one silo waits for another's, for its part of the grain directory for example. Orleans' default is half a minute, which a
    /// process that was stopped, and found dead in the moment it was asked, took from everybody who wanted a grain of that part.
    /// </summary>
    private static readonly TimeSpan SystemCallPatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A silo that stands alone: memory logs and storage, nothing else to install. It listens on free loopback ports, since nobody but
    /// its own process uses them.
    /// </summary>
    public static IHostApplicationBuilder AddTidingsStandaloneSilo(this IHostApplicationBuilder host)
    {
        host.AddTidingsLimits();
        host.UseOrleans(silo =>
        {
            var (siloPort, gatewayPort) = FreePorts();
            silo.UseLocalhostClustering(siloPort, gatewayPort);
            silo.AddMemoryGrainStorage(TidingsStorage.Name);
            silo.AddMemoryGrainStorage(ProviderConstants.DEFAULT_PUBSUB_PROVIDER_NAME);
            silo.Services.AddMemoryMessageLog();
            silo.AddTidings();
        });
        return host;
    }

    /// <summary>A silo of a cluster: membership, storage and logs in Redis.</summary>
    /// <exception cref="StartRefusedException">No Redis is configured.</exception>
    public static IHostApplicationBuilder AddTidingsSilo(this IHostApplicationBuilder host)
    {
        host.AddTelemetry("tidings-silo");
        host.Services.AddSettingsTrouble();
        host.AddTidingsLimits();
        var options = TidingsClusterOptions.Of(host.Configuration);
        if (string.IsNullOrWhiteSpace(options.Redis))
        {
            throw new StartRefusedException(
                "A silo needs Redis: set Tidings:Redis (environment Tidings__Redis, or --Tidings:Redis=host:port). "
                + "For a server without Redis run the gateway by itself.");
        }

        var redis = TidingsRedis.Parse(options.Redis);
        host.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
            silo.Configure<EndpointOptions>(endpoints => Listen(endpoints, options));
            silo.UseClusterTls(options.ClusterTls);
#pragma warning disable ORLEANSEXP003 // With the default directory, a silo that dies takes entries of others' grains with it, which then start anew.
            silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
            silo.UseRedisClustering(clustering => clustering.ConfigurationOptions = redis);
            silo.AddRedisGrainStorage(TidingsStorage.Name, storage => storage.ConfigurationOptions = redis);
            silo.AddRedisGrainStorage(ProviderConstants.DEFAULT_PUBSUB_PROVIDER_NAME, storage => storage.ConfigurationOptions = redis);
            silo.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(redis));
            silo.Services.AddRedisMessageLog(options.ServiceId);
            silo.Services.AddMembershipWatch();
            silo.AddTidings();
        });
        return host;
    }

    private static void AddTidings(this ISiloBuilder silo)
    {
        silo.AddTidingsGrains();
        silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = DirectoryCacheSize);
        silo.Configure<SiloMessagingOptions>(messaging => (messaging.ResponseTimeout, messaging.SystemResponseTimeout) = (TidingsRedis.CallPatience, SystemCallPatience));
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.NumMissedProbesLimit = 3;
        });
    }

    /// <summary>Orleans and ASP.NET Core tell much about their own doings; configuration of <c>Logging</c> overrides this.</summary>
    public static void QuietFrameworks(this IHostApplicationBuilder host) => host.Configuration.Sources.Insert(0, new MemoryConfigurationSource
    {
        InitialData =
        [
            KeyValuePair.Create("Logging:LogLevel:Orleans", (string?)"Warning"),
            // Recommends server garbage collection at every start; workstation collection is the choice for many small processes.
            KeyValuePair.Create("Logging:LogLevel:Orleans.Runtime.Silo", (string?)"Error"),
            KeyValuePair.Create("Logging:LogLevel:Tidings.Grains.Streams.SiloService", (string?)"Warning"),
            KeyValuePair.Create("Logging:LogLevel:Microsoft.AspNetCore", (string?)"Warning"),
            // Says that requests begin and end, and for that keeps an activity and a scope with each, sockets included, at any level but this.
            KeyValuePair.Create("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", (string?)"None"),
            // The framework's line for each request whose credentials are wrong: the audit has those, in bounds.
            KeyValuePair.Create("Logging:LogLevel:Tidings.Gateway.Identity.Authentication", (string?)"Warning"),
        ],
    });

    private static void AddTidingsLimits(this IHostApplicationBuilder host)
    {
        host.QuietFrameworks();
        host.Services.TryAddSingleton(TimeProvider.System);
        host.Services.AddConnectionEvents();
        host.Services.AddOptions<TidingsLimits>().BindConfiguration(TidingsLimits.Section).ValidateDataAnnotations().ValidateOnStart();
        host.Services.AddLatest<TidingsLimits>();
    }

    private static void Listen(EndpointOptions endpoints, TidingsClusterOptions options)
    {
        var (siloPort, gatewayPort) = FreePorts();
        endpoints.AdvertisedIPAddress = options.AdvertisedIP == "auto" ? OwnAddress() : IPAddress.Parse(options.AdvertisedIP);
        endpoints.SiloPort = options.SiloPort == 0 ? siloPort : options.SiloPort;
        endpoints.GatewayPort = options.GatewayPort == 0 ? gatewayPort : options.GatewayPort;
    }

    private static IPAddress OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(address => address.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork)
        ?? throw new StartRefusedException("This machine has no address but loopback: set Tidings:AdvertisedIP.");

    /// <summary>
    /// Two free ports. They are below those that systems give to outgoing connections and to whoever asks for any port, as somebody else could be
    /// given them before they are used.
    /// </summary>
    private static (int Silo, int Gateway) FreePorts()
    {
        var first = FreePort(not: 0);
        return (first, FreePort(not: first));
    }

    private static int FreePort(int not)
    {
        const int Lowest = 20_000;
        const int Beyond = 32_000;
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = Random.Shared.Next(Lowest, Beyond);
            if (port != not && IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port between {Lowest} and {Beyond} is free.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
