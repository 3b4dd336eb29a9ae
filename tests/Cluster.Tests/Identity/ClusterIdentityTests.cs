using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Identity;

/// <summary>Users of a cluster: what one gateway is told holds on every other.</summary>
public sealed class ClusterIdentityTests : IAsyncLifetime
{
    const string Password = "correct horse";
    static readonly AuthenticationHeaderValue Admin = Basic("admin");
    readonly Stack<IAsyncDisposable> _parts = new();
    readonly HttpClient[] _gateways = [new() { Timeout = TimeSpan.FromSeconds(40) }, new() { Timeout = TimeSpan.FromSeconds(40) }];

    public async Task InitializeAsync()
    {
        var redis = await RedisServer.StartAsync();
        _parts.Push(redis);
        string[] settings = [$"--Tidings:Redis={redis.ConnectionString}", $"--Tidings:ClusterId=test-{Guid.NewGuid():N}"];
        var silo = await SiloProcess.StartAsync("silo", settings);
        _parts.Push(silo);
        await silo.ReadyAsync();
        for (var i = 0; i < _gateways.Length; i++)
        {
            var gateway = await GatewayProcess.StartAsync($"gateway{i}", [$"--Tidings:BootstrapAdmin:Password={Password}", .. settings]);
            _parts.Push(gateway);
            await gateway.ReadyAsync();
            _gateways[i].BaseAddress = gateway.Address;
        }

        await SendAsync(0, HttpMethod.Put, "/api/admin/tenants/red", "{}", Admin);
        await SendAsync(0, HttpMethod.Put, "/api/admin/tenants/red/roles/all", """{"subscribe":["/**"],"publish":["/**"],"create":["/**"]}""", Admin);
        await SendAsync(0, HttpMethod.Put, "/api/admin/tenants/red/users/eve", $$"""{"password":"{{Password}}","roles":["all"]}""", Admin);
    }

    public async Task DisposeAsync()
    {
        foreach (var gateway in _gateways)
            gateway.Dispose();
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    [Fact]
    public async Task A_session_goes_round_the_gateways_and_ends_on_all_when_its_token_is_revoked()
    {
        var token = JsonNode.Parse(await SendAsync(
            0, HttpMethod.Post, "/token", null, null, ("grant_type", "password"), ("username", "red/eve"), ("password", Password)))!;
        var access = (string)token["access_token"]!;
        Assert.Contains("\"red\"", await SendAsync(1, HttpMethod.Get, "/login", null, new("Bearer", access)), StringComparison.Ordinal);

        // The handshake alone shows the token; the session's other requests only name the session, on either gateway.
        var handshake = await BayeuxAsync(
            0, """{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"],"ext":{"authentication":{"token":"TOKEN"}}}""".Replace("TOKEN", access, StringComparison.Ordinal));
        var client = (string)handshake["clientId"]!;
        AssertSuccessful(await BayeuxAsync(1, $$"""{"channel":"/meta/subscribe","clientId":"{{client}}","subscription":"/a/**"}"""));
        AssertSuccessful(await ConnectAsync(1, client));
        AssertSuccessful(await BayeuxAsync(0, $$"""{"channel":"/a/b","clientId":"{{client}}","data":1}"""));
        AssertSuccessful(await ConnectAsync(0, client));

        var held = ConnectAsync(1, client);
        await SendAsync(0, HttpMethod.Post, "/token/revoke", null, null, ("token", access));
        var ended = await held;

        Assert.Equal("402::session_unknown", (string?)ended["error"]);
        Assert.Equal("402::session_unknown", (string?)(await ConnectAsync(0, client))["error"]);
    }

    [Fact]
    public async Task A_session_is_unknown_to_other_users_on_either_gateway()
    {
        var client = (string)(await BayeuxAsync(
            0, """{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}""", Basic("red/eve")))["clientId"]!;

        Assert.Equal("402::session_unknown", (string?)(await ConnectAsync(1, client, Admin))["error"]);
        Assert.Equal("402::session_unknown", (string?)(await ConnectAsync(1, client, null))["error"]);
        AssertSuccessful(await ConnectAsync(1, client, Basic("red/eve")));
    }

    static AuthenticationHeaderValue Basic(string user) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Password}")));

    static void AssertSuccessful(JsonNode reply) => Assert.True((bool)reply["successful"]!, reply.ToJsonString());

    Task<JsonNode> ConnectAsync(int gateway, string client, AuthenticationHeaderValue? credentials = null) =>
        BayeuxAsync(gateway, $$"""{"channel":"/meta/connect","clientId":"{{client}}","connectionType":"long-polling"}""", credentials);

    async Task<JsonNode> BayeuxAsync(int gateway, string message, AuthenticationHeaderValue? credentials = null) =>
        JsonNode.Parse(await SendAsync(gateway, HttpMethod.Post, "/cometd", $"[{message}]", credentials))!.AsArray()[^1]!;

    async Task<string> SendAsync(
        int gateway, HttpMethod method, string path, string? json, AuthenticationHeaderValue? credentials, params (string Key, string Value)[] form)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { Authorization = credentials } };
        request.Content = form.Length > 0 ? new FormUrlEncodedContent(form.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)))
            : json is null ? null
            : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _gateways[gateway].SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text;
    }
}
