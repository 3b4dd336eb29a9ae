using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Administration;

/// <summary>What administrators do to a cluster of processes: look at it, drain a gateway, look on while a silo dies.</summary>
public sealed class ClusterAdminTests : IAsyncLifetime
{
    const string Password = "correct horse";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    readonly Stack<IAsyncDisposable> _parts = new();
    readonly List<SiloProcess> _silos = [];
    readonly List<GatewayProcess> _gateways = [];
    RedisServer _redis = null!;
    readonly HttpClient _http = new()
    {
        Timeout = TimeSpan.FromSeconds(40),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{Password}"))) },
    };

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _parts.Push(_redis);
        string[] settings = [$"--Tidings:Redis={_redis.ConnectionString}", $"--Tidings:ClusterId=test-{Guid.NewGuid():N}"];
        for (var i = 0; i < 2; i++)
        {
            _silos.Add(await SiloProcess.StartAsync($"silo{i}", settings));
            _parts.Push(_silos[i]);
            await _silos[i].ReadyAsync();
        }

        for (var i = 0; i < 2; i++)
        {
            _gateways.Add(await GatewayProcess.StartAsync($"gateway{i}", [$"--Tidings:BootstrapAdmin:Password={Password}", .. settings]));
            _parts.Push(_gateways[i]);
            await _gateways[i].ReadyAsync();
        }
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    [Fact]
    public async Task A_gateway_is_drained_and_taken_back_and_a_silos_death_is_seen()
    {
        JsonNode status = null!;
        await Eventually.TrueAsync(
            async () => (status = await StatusAsync())["gateways"]!.AsArray().Count == 2 && Active(status) == 2, () => $"two silos and two gateways in {status}", Patience);
        var id = (string)status["gateways"]!.AsArray().First(gateway => new Uri((string)gateway!["address"]!) == _gateways[0].Address)!["id"]!;
        var client = (string)(await BayeuxAsync("""{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}"""))["clientId"]!;
        await BayeuxAsync($$$"""{"channel":"/meta/connect","clientId":"{{{client}}}","connectionType":"long-polling","advice":{"timeout":0}}""");
        await Eventually.TrueAsync(async () => await SessionsOfAsync(id) > 0, () => "the gateway's session", Patience);

        var held = BayeuxAsync($$"""{"channel":"/meta/connect","clientId":"{{client}}","connectionType":"long-polling"}""");
        await SendAsync(HttpMethod.Post, $"/api/admin/gateways/{id}/drain", """{"seconds":0}""");
        Assert.True((bool)(await held)["successful"]!);
        await Eventually.TrueAsync(async () => !await Health.IsReadyAsync(_gateways[0].Address), () => "readiness that ends", Patience);
        await Eventually.TrueAsync(async () => await SessionsOfAsync(id) == 0, () => "the last session's leaving", Patience);

        await SendAsync(HttpMethod.Delete, $"/api/admin/gateways/{id}/drain");
        await Eventually.TrueAsync(() => Health.IsReadyAsync(_gateways[0].Address), () => "readiness that comes back", Patience);

        await _silos[0].Process.KillAsync();
        await Eventually.TrueAsync(
            async () => await TryStatusAsync() is { } seen && Active(status = seen) == 1, () => $"one active silo in {status}", Patience);
        Assert.NotNull((await SendAsync(HttpMethod.Get, "/api/admin/sessions"))!["items"]);
    }

    [Fact]
    public async Task Gateways_that_deliver_nothing_are_not_called_ready()
    {
        JsonNode? status = null;
        await Eventually.TrueAsync(
            async () => StatusesOf(status = await StatusAsync()) is ["ready", "ready"], () => $"two gateways that are ready in {status}", Patience);

        await _redis.KillAsync();

        await Eventually.TrueAsync(
            async () => await TryStatusAsync() is { } seen && StatusesOf(status = seen) is ["unready", "unready"], () => $"gateways that are not ready in {status}", Patience);
    }

    static string[] StatusesOf(JsonNode status) => [.. status["gateways"]!.AsArray().Select(static gateway => (string)gateway!["status"]!)];

    static int Active(JsonNode status) => status["silos"]!.AsArray().Count(static silo => (string?)silo!["status"] == "active" && silo["load"] is not null);

    async Task<int> SessionsOfAsync(string id) =>
        (int?)(await StatusAsync())["gateways"]!.AsArray().FirstOrDefault(gateway => (string?)gateway!["id"] == id)?["load"]!["sessions"] ?? -1;

    async Task<JsonNode> StatusAsync() => (await SendAsync(HttpMethod.Get, "/api/admin/status"))!;

    /// <summary>The status; null while a silo's death makes it wait.</summary>
    async Task<JsonNode?> TryStatusAsync()
    {
        using var response = await _http.GetAsync(new Uri(_gateways[1].Address, "/api/admin/status"));
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync()) : null;
    }

    async Task<JsonNode> BayeuxAsync(string message) => (await SendAsync(HttpMethod.Post, "/cometd", $"[{message}]", gateway: 0))!.AsArray()[^1]!;

    async Task<JsonNode?> SendAsync(HttpMethod method, string path, string? json = null, int gateway = 1)
    {
        using var request = new HttpRequestMessage(method, new Uri(_gateways[gateway].Address, path));
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }
}
