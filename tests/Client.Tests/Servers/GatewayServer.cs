using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Client.Tests.Servers;

/// <summary>A whole standalone server in this process, on a free loopback port.</summary>
public sealed class GatewayServer : IAsyncLifetime, IAsyncDisposable
{
    private static int _channels;
    private WebApplication? _app;

    /// <summary>The Bayeux endpoint.</summary>
    public Uri Endpoint => new(Address, "/cometd");

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app!.Urls.First());

    /// <summary>A channel that no other test uses.</summary>
    public static string NewChannel() => $"/client/{Interlocked.Increment(ref _channels)}";

    /// <inheritdoc/>
    public Task InitializeAsync() => StartAsync(Environments.Development, null, []);

    /// <inheritdoc/>
    public Task DisposeAsync() => _app!.DisposeAsync().AsTask();

    async ValueTask IAsyncDisposable.DisposeAsync() => await _app!.DisposeAsync();

    internal static async Task<GatewayServer> StartAsync(Action<WebApplication>? before, params (string Key, string Value)[] settings)
    {
        var server = new GatewayServer();
        await server.StartAsync(settings.Length == 0 ? Environments.Development : Environments.Production, before, settings);
        return server;
    }

    private async Task StartAsync(string environment, Action<WebApplication>? before, (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.AddTidings();
        _app = builder.Build();
        before?.Invoke(_app);
        _app.MapTidings();
        await _app.StartAsync();
        await Eventually.TrueAsync(() => Health.IsReadyAsync(Address), () => "a server that is ready");
    }
}
