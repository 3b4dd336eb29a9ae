using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Identity.Admin;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Gateway.Identity.Devices;
using Tidings.Gateway.Identity.Storage;
using Tidings.Gateway.Identity.Tokens;

namespace Tidings.Gateway.Identity;

/// <summary>Registers and maps who may do what.</summary>
internal static class IdentityRegistration
{
    /// <param name="services">The services.</param>
    /// <param name="redis">The cluster's Redis; null: standalone.</param>
    /// <param name="serviceId">Keeps services apart that share a Redis.</param>
    public static void AddIdentity(this IServiceCollection services, ConfigurationOptions? redis, string serviceId)
    {
        services.AddOptions<IdentityOptions>().BindConfiguration(IdentityOptions.Section).ValidateOnStart();
        services.AddSingleton<Microsoft.Extensions.Options.IValidateOptions<IdentityOptions>, IdentityOptionsCheck>();
        services.AddLatestMonitor<IdentityOptions>();
        services.AddStorage(redis, serviceId);
        services.TryAddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddSingleton<ConfiguredAccounts>();
        services.AddSingleton<IUserStore, UserStore>();
        services.AddSingleton<AccountQuota>();
        services.AddSingleton<Logins>();
        services.AddSingleton<AccountCache>();
        services.AddHostedService(static provider => provider.GetRequiredService<AccountCache>());
        services.AddSingleton<ICredentialSource, IssuerCredentials>();
        services.AddSingleton<CallerCheck>();
        services.AddSingleton<PasswordLogin>();
        services.AddSingleton<ApiKeyLogin>();
        services.AddOptions<DeviceOptions>().BindConfiguration(DeviceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<DeviceAcceptances>();
        services.AddSingleton<DeviceBootstrap>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<TokenService>();
        services.AddHttpClient(nameof(ForeignIssuer), static http => (http.Timeout, http.MaxResponseContentBufferSize) = (TimeSpan.FromSeconds(10), 1024 * 1024));
        services.AddSingleton<CredentialChecker>();
        services.AddSingleton<IdentityAudit>();
        services.AddSingleton<ChannelExistence>();
        services.AddSingleton<Authorizer>();
        services.TryAddSingleton<IAuthorizationPolicy>(static provider => provider.GetRequiredService<Authorizer>());
        services.AddSingleton<AuthorizationService>();
        services.AddSingleton<SessionOwners>();
        services.AddHostedService<SessionWatch>();
        services.AddTidingsSchemes();
    }

    /// <summary>Finds out who calls, before any endpoint.</summary>
    public static void UseIdentity(this WebApplication app)
    {
        app.UseMiddleware<SilentStore>();
        app.UseAuthentication();
        app.UseMiddleware<CredentialGuard>();
    }

    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        routes.MapTokens();
        routes.MapLogin();
        routes.MapAdmin();
    }

    private static void AddStorage(this IServiceCollection services, ConfigurationOptions? redis, string serviceId)
    {
        if (redis is null)
        {
            services.TryAddSingleton<IIdentityStorage>(static provider =>
            {
                var file = provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<IdentityOptions>>().Value.UserFile;
                var time = provider.GetRequiredService<TimeProvider>();
                var (most, metrics) = (provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<TidingsLimits>>().Value.LoginsStandalone, provider.GetRequiredService<GatewayMetrics>());
                return string.IsNullOrEmpty(file) ? new MemoryIdentityStorage(time, most, metrics) : new FileIdentityStorage(file, time, most, metrics);
            });
            return;
        }

        services.AddSingleton(new RedisIdentityKeys(serviceId));
        services.TryAddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(redis));
        services.AddSingleton<RedisIdentityStorage>();
        services.AddSingleton<IIdentityStorage>(static provider => provider.GetRequiredService<RedisIdentityStorage>());
        services.AddHostedService(static provider => provider.GetRequiredService<RedisIdentityStorage>());
        services.AddHostedService<FailedLoginRelay>();
    }
}
