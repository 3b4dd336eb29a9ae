using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Events.Tests;

/// <summary>A standalone server with users, whose connection events are watched.</summary>
internal sealed class EventServer : IAsyncDisposable
{
    private const string Password = "correct horse";
    private readonly WebApplication _app;

    private EventServer(WebApplication app, EventLog log)
    {
        (_app, Log) = (app, log);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(20) };
    }

    public HttpClient Http { get; }

    public EventLog Log { get; }

    public static Task<EventServer> StartAsync(params (string Key, string Value)[] settings) => StartAsync(static _ => { }, settings);

    public static async Task<EventServer> StartAsync(Action<WebApplicationBuilder> configure, params (string Key, string Value)[] settings)
    {
        var log = new EventLog();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        (string Key, string Value)[] all =
        [
            ("Tidings:BootstrapAdmin:Password", Password), ("Tidings:Anonymous", "true"),
            ("Tidings:Users:alice:Password", Password), ("Tidings:Users:alice:Roles:0", "all"), ("Tidings:Roles:all:Subscribe:0", "/**"),
            ("Tidings:Roles:anonymous:Subscribe:0", "/news/**"),
            ("Tidings:Users:red/rose:Password", Password), ("Tidings:Users:red/rose:Roles:0", "all"), ("Tidings:Roles:red/all:Subscribe:0", "/**"),
            .. settings,
        ];
        foreach (var (key, value) in all)
        {
            builder.Configuration[key] = value;
        }

        configure(builder);
        builder.AddTidings();
        var app = builder.Build();
        app.MapTidings();
        await app.StartAsync();
        return new EventServer(app, log);
    }

    /// <summary>Opens a Bayeux session; null if the server refuses it.</summary>
    public async Task<string?> OpenAsync(string? user = null) =>
        (string?)(await BayeuxAsync(user, """{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}"""))["clientId"];

    public Task CloseAsync(string? user, string client) => BayeuxAsync(user, $$"""{"channel":"/meta/disconnect","clientId":"{{client}}"}""");

    /// <summary>The bodies on a tenant's channel of events, as its user reads them.</summary>
    public async Task<JsonArray> EventsAsync(string user = "alice", string tenant = "default")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/channels/event/{tenant}") { Headers = { Authorization = Basic(user) } };
        using var response = await Http.SendAsync(request);
        var log = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return [.. (log["messages"] as JsonArray ?? []).Select(static message => message!["data"]?.DeepClone() ?? message.DeepClone())];
    }

    /// <summary>Waits for so many events.</summary>
    public async Task<JsonArray> EventsAsync(int count, string user = "alice", string tenant = "default")
    {
        JsonArray events = [];
        await Eventually.TrueAsync(async () => (events = await EventsAsync(user, tenant)).Count >= count, () => $"{count} events; came {events.ToJsonString()}");
        Assert.Equal(count, events.Count);
        return events;
    }

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Stops as the program does.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private static AuthenticationHeaderValue? Basic(string? user) =>
        user is null ? null : new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Password}")));

    private async Task<JsonNode> BayeuxAsync(string? user, string message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/cometd")
        {
            Headers = { Authorization = Basic(user) },
            Content = new StringContent($"[{message}]", Encoding.UTF8, "application/json"),
        };
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray()[^1]!;
    }
}
