using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>Registers what stands before every endpoint, and puts it there.</summary>
internal static class DoorsExtensions
{
    private const string Done = "Tidings.Doors";

    public static void AddDoors(this IServiceCollection services)
    {
        services.AddOptions<DoorOptions>().BindConfiguration(DoorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddLatestMonitor<DoorOptions>();
        services.AddOptions<TlsOptions>().BindConfiguration(TlsOptions.Section);
        services.AddOptions<RateOptions>().BindConfiguration(RateOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddLatest<RateOptions>();
        services.AddSingleton<IValidateOptions<DoorOptions>, DoorOptionsValidator>();
        services.AddSingleton<IConfigureOptions<ForwardedHeadersOptions>, TrustedProxies>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, WebServerSetup>();
        services.AddSingleton<IConfigureOptions<CorsOptions>, AllowedOriginsPolicy>();
        services.AddCors();
        services.AddSingleton<MatcherPolicy, HeaderMatching>();
        services.AddSingleton<ServerCertificate>();
        services.AddSingleton<BindingRules>();
        services.AddHostedService<BindingGuard>();
        services.TryAddSingleton<IAuthenticationPresence, ConfiguredAuthentication>();
        services.AddSingleton<AnonymousAccess>();
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddLatest<AuditOptions>();
        services.AddSingleton<AuditBounds>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<Audit>();
        services.TryAddSingleton<IAudit>(static provider => provider.GetRequiredService<Audit>());
        services.AddSingleton<RateBook>();
        services.AddHostedService<RateSweeper>();
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<ILoginThrottle>(static provider => provider.GetRequiredService<LoginThrottle>());
    }

    /// <summary>What every request passes first: once, whoever asks for it.</summary>
    public static void UseDoors(this WebApplication app)
    {
        if (!((IApplicationBuilder)app).Properties.TryAdd(Done, true))
        {
            return;
        }

        app.UseMiddleware<SocketStage>();
        app.UseMiddleware<BrokenRequests>();
        app.UseMiddleware<DirectCaller>();
        if (app.Services.GetRequiredService<IOptions<DoorOptions>>().Value.Proxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }

        app.UseMiddleware<OriginGuard>();
        app.UseWhen(IsForCors, static branch => branch.UseCors());
        app.UseMiddleware<WholeForms>();
    }

    /// <summary>Others pass the framework's middleware untouched, but marked, for which it makes a dictionary that a socket would keep.</summary>
    private static bool IsForCors(HttpContext context) =>
        context.Request.Headers.Origin.Count > 0 || context.GetEndpoint()?.Metadata.GetMetadata<ICorsMetadata>() is not null;
}
