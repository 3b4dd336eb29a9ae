using Microsoft.Extensions.DependencyInjection.Extensions;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Authentication;

namespace Tidings.Gateway.Smc;

/// <summary>Registers and maps the SMC front end.</summary>
internal static class SmcRegistration
{
    /// <summary>Two numbers, and perhaps a third: what else begins a path is not SMC's.</summary>
    private const string Version = @"/{version:regex(^\d+\.\d+(\.\d+)?$)}";

    public static void AddSmc(this IServiceCollection services)
    {
        services.AddOptions<SmcOptions>().BindConfiguration(SmcOptions.Section).ValidateDataAnnotations()
            .Validate(SmcCatalog.IsUsable, "Tidings:Smc: versions are like 7.2, types are of letters, digits, _ and -, keys have a user and a tenant without a slash.")
            .ValidateOnStart();
        services.AddLatestMonitor<SmcOptions>();
        services.AddSingleton<SmcKeys>();
        services.AddSingleton<ICredentialSource>(static provider => provider.GetRequiredService<SmcKeys>());
        services.TryAddSingleton<ISmcAccounts, SmcAccounts>();
        services.AddSingleton<SmcCatalog>();
        services.AddSingleton<SmcLogins>();
        services.AddSingleton<SmcLoginEndpoints>();
        services.AddSingleton<SmcElementEndpoints>();
        services.AddSingleton<SmcSocketEndpoint>();
        services.AddSingleton<SmcDeliveryCodec>();
    }

    public static void MapSmc(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api", static (HttpContext context, SmcCatalog catalog) => catalog.Versions(context).WriteAsync(context))
            .ExcludeFromDescription().AllowAnonymous().WithMetadata(OwnCredentials.Instance);

        // SMC has logins of its own: its endpoints ask for them.
        var group = routes.MapGroup(Version).ExcludeFromDescription().AllowAnonymous().WithMetadata(OwnCredentials.Instance);
        group.Map<SmcLoginEndpoints>("/login", HttpMethods.Post, static (endpoint, call) => endpoint.LoginAsync(call));
        group.Map<SmcLoginEndpoints>("/lms_login", HttpMethods.Post, static (endpoint, call) => endpoint.PasswordLoginAsync(call));
        group.Map<SmcLoginEndpoints>("/logout", HttpMethods.Put, static (endpoint, call) => endpoint.LogoutAsync(call));
        group.Map<SmcLoginEndpoints>("/api", HttpMethods.Get, static (endpoint, call) => endpoint.EntryPointsAsync(call));
        group.Map<SmcLoginEndpoints>("/current_user", HttpMethods.Get, static (endpoint, call) => endpoint.CurrentUserAsync(call));
        group.Map<SmcElementEndpoints>("/elements", HttpMethods.Get, static (endpoint, call) => endpoint.SearchAsync(call));
        group.Map<SmcElementEndpoints>("/elements/{type}", HttpMethods.Get, static (endpoint, call) => endpoint.ListAsync(call));
        group.Map<SmcElementEndpoints>("/elements/{type}", HttpMethods.Post, static (endpoint, call) => endpoint.CreateAsync(call));
        group.Map<SmcElementEndpoints>("/elements/{type}/{id}", HttpMethods.Get, static (endpoint, call) => endpoint.GetAsync(call));
        group.Map<SmcElementEndpoints>("/elements/{type}/{id}", HttpMethods.Put, static (endpoint, call) => endpoint.UpdateAsync(call));
        group.Map<SmcElementEndpoints>(
            "/elements/{type}/{id}", HttpMethods.Delete, static (endpoint, call) => endpoint.ChangeAsync(call, SmcChangeKind.Delete));
        group.Map<SmcElementEndpoints>(
            "/elements/{type}/{id}/trash", HttpMethods.Put, static (endpoint, call) => endpoint.ChangeAsync(call, SmcChangeKind.Trash));
        group.Map<SmcElementEndpoints>(
            "/elements/{type}/{id}/restore", HttpMethods.Put, static (endpoint, call) => endpoint.ChangeAsync(call, SmcChangeKind.Restore));
        group.Map<SmcSocketEndpoint>("/notification/socket", SocketMethods.All, static (endpoint, call) => endpoint.OpenAsync(call));
        group.Map("/{**rest}", static (HttpContext context) => SmcAnswer.NotFound.WriteAsync(context)).WithOrder(1);
    }

    private static void Map<TEndpoint>(
        this IEndpointRouteBuilder routes, string path, string method, Func<TEndpoint, SmcCall, Task<SmcAnswer>> serve)
        where TEndpoint : notnull => routes.Map(path, [method], serve);

    private static void Map<TEndpoint>(
        this IEndpointRouteBuilder routes, string path, string[] methods, Func<TEndpoint, SmcCall, Task<SmcAnswer>> serve)
        where TEndpoint : notnull =>
        routes.MapMethods(path, methods, (RequestDelegate)(context => SmcCall.ServeAsync(context, serve)));
}
