using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>A standalone server with users: who calls must say who they are.</summary>
internal sealed class SecuredServer : IAsyncDisposable
{
    public const string Password = "correct horse";

    private static readonly (string Key, string Value)[] Accounts =
    [
        ("BootstrapAdmin:Password", Password),
        ("Users:alice:Password", Password),
        ("Users:alice:Roles:0", "reader"),
        ("Users:bob:Password", Password),
        ("Users:bob:Roles:0", "writer"),
        ("Users:red/alice:Password", Password),
        ("Users:red/alice:Roles:0", "everything"),
        ("Roles:reader:Subscribe:0", "/news/**"),
        ("Roles:writer:Subscribe:0", "/**"),
        ("Roles:writer:Publish:0", "/**"),
        ("Roles:writer:Create:0", "/news/**"),
        ("Roles:writer:Create:1", "/secret/**"),
        ("Roles:red/everything:Subscribe:0", "/**"),
        ("Roles:red/everything:Publish:0", "/**"),
        ("Roles:red/everything:Create:0", "/**"),
        ("Roles:red/everything:Manage:0", "/**"),
    ];

    private readonly WebApplication _app;

    private SecuredServer(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
    }

    public Uri Address { get; }

    /// <summary>Calls it without credentials.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<SecuredServer> StartAsync(Action<WebApplicationBuilder>? configure = null, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        foreach (var (key, value) in Accounts.Concat(settings))
        {
            builder.Configuration[$"Tidings:{key}"] = value;
        }

        configure?.Invoke(builder);
        builder.AddTidings();
        var app = builder.Build();
        app.MapTidings();
        await app.StartAsync();
        return new SecuredServer(app, new Uri(app.Urls.First()));
    }

    public static AuthenticationHeaderValue Basic(string user, string password = Password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, AuthenticationHeaderValue? credentials = null, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { Authorization = credentials } };
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        return await Http.SendAsync(request);
    }

    public async Task<HttpResponseMessage> FormAsync(string path, AuthenticationHeaderValue? credentials, params (string Key, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Headers = { Authorization = credentials },
            Content = new FormUrlEncodedContent(form.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value))),
        };
        return await Http.SendAsync(request);
    }

    /// <summary>An access token with its refresh token.</summary>
    public async Task<JsonNode> TokenAsync(string user)
    {
        using var response = await FormAsync("/token", null, ("grant_type", "password"), ("username", user), ("password", Password));
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Sends one Bayeux message over HTTP and gives the last reply.</summary>
    public async Task<JsonNode> BayeuxAsync(string message, AuthenticationHeaderValue? credentials = null)
    {
        using var response = await SendAsync(HttpMethod.Post, "/cometd", credentials, $"[{message}]");
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray()[^1]!;
    }

    public async Task<string> HandshakeAsync(AuthenticationHeaderValue? credentials, string? ext = null)
    {
        var reply = await BayeuxAsync(Handshake(ext), credentials);
        Assert.True((bool)reply["successful"]!, reply.ToJsonString());
        return (string)reply["clientId"]!;
    }

    public static string Handshake(string? ext = null) =>
        $$"""{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling","websocket"]{{(ext is null ? "" : $",\"ext\":{ext}")}}}""";

    public static string Subscribe(string clientId, string channel) => $$"""{"channel":"/meta/subscribe","clientId":"{{clientId}}","subscription":"{{channel}}"}""";

    public static string Connect(string clientId, string more = "") => $$"""{"channel":"/meta/connect","clientId":"{{clientId}}","connectionType":"long-polling"{{more}}}""";

    public static string Publish(string clientId, string channel) => $$"""{"channel":"{{channel}}","clientId":"{{clientId}}","data":1}""";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>A server for tests that change nothing on it.</summary>
public sealed class SharedSecuredServer : IAsyncLifetime
{
    internal SecuredServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await SecuredServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
