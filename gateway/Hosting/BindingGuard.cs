using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>Refuses to listen beyond loopback unless that was asked for: an open notification server is nobody's wish by default.</summary>
internal sealed class BindingGuard(IServer server, IOptions<DoorOptions> options) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        Check(addresses, options.Value);
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

    private static bool IsLoopback(string address)
    {
        var host = BindingAddress.Parse(address).Host;
        return OriginGuard.IsLoopbackName(host) || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip)) || BindingAddress.Parse(address).IsUnixPipe;
    }
}
