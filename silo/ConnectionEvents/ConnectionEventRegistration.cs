using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Tidings.Grains.Sessions;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>Registers connection events.</summary>
internal static class ConnectionEventRegistration
{
    /// <summary>To be called before the silo is added: what stops after it can still bring out what happened as it stopped.</summary>
    public static void AddConnectionEvents(this IServiceCollection services)
    {
        services.AddOptions<ConnectionEventOptions>().BindConfiguration(ConnectionEventOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ConnectionEventSetup>();
        services.AddSingleton<IPostConfigureOptions<ConnectionEventOptions>>(static all => all.GetRequiredService<ConnectionEventSetup>());
        services.AddSingleton<IValidateOptions<ConnectionEventOptions>>(static all => all.GetRequiredService<ConnectionEventSetup>());
        services.AddMetrics();
        services.TryAddSingleton<ConnectionEventMetrics>();
        services.AddSingleton<IConnectionEventProducer, LogProducer>();
        services.AddSingleton<IConnectionEventProducer, ChannelProducer>();
        services.AddSingleton<IConnectionEventProducer, AmqpProducer>();
        services.AddSingleton<ConnectionEventPump>();
        services.AddHostedService(static all => all.GetRequiredService<ConnectionEventPump>());
        services.AddSingleton<ISessionObserver, ConnectionEventReporter>();
    }
}
