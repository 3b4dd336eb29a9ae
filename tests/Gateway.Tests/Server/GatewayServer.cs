using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Server;

/// <summary>A whole standalone server in this process, on a free loopback port, with bounds small enough to be reached.</summary>
public sealed class GatewayServer : IAsyncLifetime
{
    /// <summary>The largest request.</summary>
    public const int MessageBytes = 64 * 1024;

    private static int _channels;
    private WebApplication? _app;

    /// <summary>Where it listens.</summary>
    public Uri Address => Http.BaseAddress!;

    /// <summary>Calls it.</summary>
    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(20) };

    internal GatewayHub Hub => _app!.Services.GetRequiredService<GatewayHub>();

    /// <summary>A channel that no other test uses.</summary>
    public static string NewChannel() => $"/test/{Interlocked.Increment(ref _channels)}";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Tidings:Limits:MessageBytes"] = $"{MessageBytes}";
        builder.Configuration["Tidings:Bayeux:WritePatience"] = "00:00:01";
        builder.Services.AddSingleton<TimeProvider>(new HurriedTime());
        builder.AddTidings();
        _app = builder.Build();
        _app.MapTidings();
        await _app.StartAsync();
        Http.BaseAddress = new Uri(_app.Urls.First());
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        Http.Dispose();
        await _app!.DisposeAsync();
    }
}

/// <summary>The one server of all tests that need one.</summary>
[CollectionDefinition(Name)]
public sealed class ServerCollection : ICollectionFixture<GatewayServer>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "server";
}
