using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Health;

/// <summary>Registers what decides whether a gateway is ready.</summary>
internal static class HealthRegistration
{
    public static void AddHealth(this IServiceCollection services, string tag)
    {
        services.AddOptions<HealthOptions>().BindConfiguration(HealthOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<HealthOptions>, HealthOptionsValidator>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<DeliveryProbe>();
        services.AddHostedService(static provider => provider.GetRequiredService<DeliveryProbe>());
        services.AddSingleton<DeliveryHealthCheck>();
        services.AddHealthChecks().AddCheck<DeliveryHealthCheck>("delivery", tags: [tag]);
    }
}
