using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Tidings.Gateway;
using Tidings.Gateway.Administration;
using Tidings.Gateway.Bayeux;
using Tidings.Gateway.Health;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Personium;
using Tidings.Gateway.Rest;
using Tidings.Gateway.Sessions;
using Tidings.Gateway.SmartRest;
using Tidings.Gateway.Smc;
using Tidings.Silo;
using Tidings.Silo.Settings;
using Tidings.Silo.Telemetry;

namespace Tidings;

/// <summary>Embeds Tidings in an ASP.NET Core application.</summary>
public static class TidingsExtensions
{
    /// <summary>
    /// Adds the server. Without <c>Tidings:Redis</c> it stands alone, a silo inside this process; with it, it is a gateway of the cluster.
    /// Register <see cref="IServiceHandler"/>, <see cref="IBayeuxExtension"/> and <see cref="IAuthorizationPolicy"/> as you need them.
    /// </summary>
    public static WebApplicationBuilder AddTidings(this WebApplicationBuilder builder)
    {
        builder.AddTelemetry("tidings-gateway");
        builder.Services.AddSettingsTrouble();
        var cluster = TidingsClusterOptions.Of(builder.Configuration);
        if (string.IsNullOrWhiteSpace(cluster.Redis))
        {
            builder.AddTidingsStandaloneSilo();
        }
        else
        {
            builder.AddTidingsClusterClient(cluster);
        }

        builder.Services.AddTidingsGateway();
        builder.Services.AddAdministration(new ClusterFacts(cluster.ClusterId, string.IsNullOrWhiteSpace(cluster.Redis)));
        builder.Services.AddIdentity(string.IsNullOrWhiteSpace(cluster.Redis) ? null : TidingsRedis.Parse(cluster.Redis), cluster.ServiceId);
        return builder;
    }

    /// <summary>
    /// Maps every endpoint of the server: <c>/cometd</c>, <c>/channels</c>, <c>/health</c>, <c>/openapi</c>, <c>/login</c>, <c>/token</c>, <c>/api</c>,
    /// and the paths of Cumulocity, SMC (<c>/{version}/…</c>) and Personium (<c>/{cell}/{box}/…</c>). Endpoints of the application's own come before
    /// these where both match, and keep their own rules: who may call, from which page and with which credentials is checked for the server's only.
    /// </summary>
    public static WebApplication MapTidings(this WebApplication app)
    {
        app.UseDoors();
        app.UseIdentity();
        app.UseMiddleware<AnonymousDoor>();
        app.UseMiddleware<PingStage>();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var server = app.MapGroup("").WithMetadata(ServerEndpoint.Instance);
        server.MapBayeux("/cometd");
        server.MapCumulocityBayeux();
        server.MapChannels();
        server.MapSmartRest();
        server.MapSmc();
        server.MapPersonium();
        server.MapIdentity();
        server.MapAdministration();
        server.MapOpenApi().AllowAnonymous();
        server.MapTidingsHealth();
        return app;
    }

    private static void AddTidingsClusterClient(this WebApplicationBuilder builder, TidingsClusterOptions cluster)
    {
        builder.QuietFrameworks();
        var redis = TidingsRedis.Parse(cluster.Redis!);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ServiceId));
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TidingsRedis.CallPatience);
            client.UseClusterTls(cluster.ClusterTls);
            client.UseRedisClustering(options => options.ConfigurationOptions = redis);
            client.UseConnectionRetryFilter(static async (_, cancellationToken) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
                return true;
            });
        });
    }

    private static void AddTidingsGateway(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<TidingsLimits>().BindConfiguration(TidingsLimits.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddLatest<TidingsLimits>();
        services.AddOptions<BayeuxOptions>().BindConfiguration(BayeuxOptions.Section, Strictly).ValidateDataAnnotations().ValidateOnStart();
        services.AddLatestMonitor<BayeuxOptions>();
        services.AddMetrics();
        services.AddSingleton<GatewayMetrics>();
        services.AddOptions<WindowOptions>().BindConfiguration(WindowOptions.Section, Strictly).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WindowOptions>, WindowOptionsValidator>();
        services.AddLatest<WindowOptions>();
        services.AddSingleton<WindowPolicies>();
        services.AddSingleton<GatewayHub>();
        services.AddSingleton<ILocalGateway>(static services => services.GetRequiredService<GatewayHub>());
        services.AddSingleton<ChannelGrains>();
        services.AddSingleton(static provider => new PublishSampler(provider.MessageTraceShare()));
        services.AddSingleton<PublishLanes>();
        services.AddSingleton<SessionDoor>();
        services.AddHostedService<SessionClock>();
        services.AddHostedService<SessionGauges>();
        services.AddDoors();
        services.AddBayeux();
        services.AddSmartRest();
        services.AddSmc();
        services.AddPersonium();
        services.AddSingleton<ChannelStreams>();
        // In development, too, a parameter that cannot be read is the caller's mistake and is named to it; no exception.
        services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = false);
        services.AddApiDescription();
        services.AddProblemDetails();
        services.AddHealth(TidingsHealth.ReadyTag);
        services.AddHealthChecks().AddCheck<DrainHealthCheck>("drain", tags: [TidingsHealth.ReadyTag]);
    }

    /// <summary>The binder leaves out an element of a list that it cannot read, such as a rule with a misspelt word, and does not say so unless it is told to.</summary>
    private static void Strictly(BinderOptions binder) => binder.ErrorOnUnknownConfiguration = true;
}
