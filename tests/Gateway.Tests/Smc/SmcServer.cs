using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>A standalone server that SMC clients may log in to, with bounds small enough to be reached.</summary>
public sealed class SmcServer : IAsyncLifetime
{
    /// <summary>Subscriptions of one socket.</summary>
    public const int Subscriptions = 5;

    /// <summary>Elements of one type.</summary>
    public const int Elements = 40;

    private WebApplication? _app;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    internal GatewayHub Hub => _app!.Services.GetRequiredService<GatewayHub>();

    internal T Service<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    /// <summary>Tells the sockets to go, as a stopping process does.</summary>
    public Task StopAsync() => _app!.StopAsync();

    /// <inheritdoc/>
    public Task InitializeAsync() => StartAsync(_ => { });

    /// <summary>Starts with further settings.</summary>
    public async Task StartAsync(Action<WebApplicationBuilder> configure)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Tidings:Smc:Keys:0:Key"] = "key-one";
        builder.Configuration["Tidings:Smc:Keys:0:Tenant"] = "one";
        builder.Configuration["Tidings:Smc:Keys:0:User"] = "ann";
        builder.Configuration["Tidings:Smc:Keys:1:Key"] = "key-two";
        builder.Configuration["Tidings:Smc:Keys:1:Tenant"] = "two";
        builder.Configuration["Tidings:Smc:Keys:1:User"] = "bob";
        builder.Configuration["Tidings:Smc:Keys:1:Domain"] = "Other";
        builder.Configuration["Tidings:Smc:WritePatience"] = "00:00:01";
        builder.Configuration["Tidings:Limits:SmcSubscriptionsPerSocket"] = $"{Subscriptions}";
        builder.Configuration["Tidings:Limits:SmcElementsPerType"] = $"{Elements}";
        builder.Configuration["Tidings:Limits:SmcElementBytes"] = "1024";
        builder.Configuration["Tidings:Limits:MessageBytes"] = "65536";
        configure(builder);
        builder.AddTidings();
        _app = builder.Build();
        _app.MapTidings();
        await _app.StartAsync();
        Address = new Uri(_app.Urls.First());
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}

/// <summary>The one SMC server of the tests that change nothing about it.</summary>
[CollectionDefinition(Name)]
public sealed class SmcServerCollection : ICollectionFixture<SmcServer>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "smc";
}
