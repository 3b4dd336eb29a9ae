using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Server;

/// <summary>A whole standalone server of one test, with settings of its own, as the program builds it.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OwnServer(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(20) };
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => Http.BaseAddress!;

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static Task<OwnServer> StartAsync(params (string Key, string Value)[] settings) => StartAsync("Development", null, settings);

    public static Task<OwnServer> StartAsync(string environment, Action<WebApplicationBuilder>? configure, params (string Key, string Value)[] settings) =>
        StartAsync(environment, configure, static _ => { }, settings);

    /// <summary>With the page before the endpoints, as the program has it.</summary>
    public static Task<OwnServer> StartWithDemoPageAsync(Action<WebApplicationBuilder> configure) =>
        StartAsync("Development", configure, static app => app.UseDemoPage(), []);

    /// <summary>With what an application maps before it maps the server.</summary>
    public static Task<OwnServer> StartAsync(string environment, Action<WebApplicationBuilder> configure, Action<WebApplication> before) =>
        StartAsync(environment, configure, before, []);

    private static async Task<OwnServer> StartAsync(
        string environment, Action<WebApplicationBuilder>? configure, Action<WebApplication> before, (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        configure?.Invoke(builder);
        builder.AddTidings();
        var app = builder.Build();
        before(app);
        app.MapTidings();
        await app.StartAsync();
        return new OwnServer(app);
    }

    /// <summary>Changes a setting while the server runs.</summary>
    public void Change(string key, string value)
    {
        _app.Configuration[key] = value;
        ((Microsoft.Extensions.Configuration.IConfigurationRoot)_app.Configuration).Reload();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
