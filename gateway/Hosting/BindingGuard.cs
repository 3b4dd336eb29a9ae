using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Tidings.Gateway.Hosting;

/// <summary>Refuses to listen beyond loopback unless callers can log in there without telling the network their passwords.</summary>
/// <remarks>
/// The usual settings are looked at before anything listens. Endpoints from code and from <c>Kestrel:Endpoints</c> are known only once the
/// server listens; then the start fails and the server stops again.
/// </remarks>
internal sealed class BindingGuard(IServer server, IConfiguration configuration, BindingRules rules) : IHostedLifecycleService
{
    /// <summary>Why the server is not to be started as it is configured; null if nothing speaks against it.</summary>
    public static ValueTask<string?> RefusalOfAsync(IServiceProvider services) =>
        services.GetRequiredService<BindingRules>().RefusalBeforeStartAsync(AddressesOf(services));

    /// <summary>Where the server is going to listen, as far as its configuration says.</summary>
    public static IEnumerable<string> AddressesOf(IServiceProvider services) =>
        [.. Addresses(services.GetRequiredService<IServer>()), .. Configured(services.GetRequiredService<IConfiguration>())];

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Check(rules.RefusalOf(Addresses(server)));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // The server takes its addresses from the configuration only when it starts.
        Check(await rules.RefusalBeforeStartAsync([.. Addresses(server), .. Configured(configuration)]));
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static ICollection<string> Addresses(IServer server) => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    private static string[] Configured(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(static endpoint => endpoint["Url"]).OfType<string>().ToArray();
        return endpoints.Length > 0 ? endpoints
            : configuration[WebHostDefaults.ServerUrlsKey] is { } urls ? Split(urls)
            : [.. Ports(configuration, WebHostDefaults.HttpPortsKey, "http"), .. Ports(configuration, WebHostDefaults.HttpsPortsKey, "https")];
    }

    /// <summary>Ports alone (<c>ASPNETCORE_HTTP_PORTS</c>) listen on every address.</summary>
    private static IEnumerable<string> Ports(IConfiguration configuration, string key, string scheme) =>
        Split(configuration[key] ?? "").Select(port => $"{scheme}://*:{port}");

    private static string[] Split(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void Check(string? refusal)
    {
        if (refusal is not null)
        {
            throw new InvalidOperationException(refusal);
        }
    }
}
