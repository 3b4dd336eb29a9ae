using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>Refuses to listen beyond loopback unless that was asked for: an open notification server is nobody's wish by default.</summary>
/// <remarks>
/// The usual settings are looked at before anything listens. Endpoints from code and from <c>Kestrel:Endpoints</c> are known only once the
/// server listens; then the start fails and the server stops again.
/// </remarks>
internal sealed class BindingGuard(IServer server, IConfiguration configuration, IOptions<DoorOptions> options) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Check(Addresses(), options.Value);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // The server takes its addresses from the configuration only when it starts.
        Check([.. Addresses(), .. Configured()], options.Value);
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <exception cref="InvalidOperationException">An address is not loopback, and <see cref="DoorOptions.Anonymous"/> is not set.</exception>
    internal static void Check(IEnumerable<string> addresses, DoorOptions options)
    {
        if (!options.Anonymous && addresses.FirstOrDefault(static address => !IsLoopback(address)) is { } open)
        {
            throw new InvalidOperationException(
                $"Refusing to listen on {open}: callers are not authenticated. Bind to 127.0.0.1, or set Tidings:Anonymous=true to serve everyone.");
        }
    }

    private ICollection<string> Addresses() => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    private string[] Configured()
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(static endpoint => endpoint["Url"]).OfType<string>().ToArray();
        return endpoints.Length > 0 ? endpoints
            : configuration[WebHostDefaults.ServerUrlsKey]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
    }

    private static bool IsLoopback(string address)
    {
        var host = BindingAddress.Parse(address).Host;
        return OriginGuard.IsLoopbackName(host) || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip)) || BindingAddress.Parse(address).IsUnixPipe;
    }
}
