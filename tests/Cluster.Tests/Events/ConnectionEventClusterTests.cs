using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Events;

/// <summary>Connection events of sessions whose gateway or silo crashed.</summary>
public sealed class ConnectionEventClusterTests : IAsyncLifetime
{
    const int Sessions = 8;

    readonly LocalCluster _cluster = new(
    [
        "--Tidings:ConnectionEvents:Producer=events", "--Tidings:BootstrapAdmin:Password=first-password", "--Tidings:Bayeux:MaxInterval=00:00:05",
        "--Tidings:Limits:SessionRecordAge=00:00:02",
    ]);

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Sessions_of_a_crashed_gateway_are_told_to_have_ended_once_each()
    {
        await OpenAsync(_cluster.Gateways[0].Address);
        await _cluster.Gateways[0].Process.KillAsync();
        await EndedAsync();
    }

    [Fact]
    public async Task Sessions_of_a_crashed_silo_are_told_to_have_ended_once_each()
    {
        await OpenAsync(_cluster.Gateways[1].Address);
        await _cluster.Silos[0].Process.KillAsync();
        await EndedAsync();
    }

    [Fact]
    public async Task Sessions_of_a_gateway_and_a_silo_that_crash_together_are_told_to_have_ended_once_each()
    {
        await OpenAsync(_cluster.Gateways[0].Address);
        await Task.WhenAll(_cluster.Gateways[0].Process.KillAsync(), _cluster.Silos[0].Process.KillAsync());
        await EndedAsync();
    }

    async Task OpenAsync(Uri gateway)
    {
        using var client = ClientOf(gateway);
        for (var count = 0; count < Sessions; count++)
        {
            using var body = new StringContent(
                """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]""", Encoding.UTF8, "application/json");
            using var response = await client.PostAsync("/cometd", body);
            Assert.Contains("\"successful\":true", await response.Content.ReadAsStringAsync());
        }

        await Eventually.TrueAsync(async () => (await EventsAsync()).Count == Sessions, () => $"{Sessions} events of connections");
    }

    /// <summary>Each session has its one connected, and in the end its one disconnected.</summary>
    async Task EndedAsync()
    {
        JsonArray events = [];
        await Eventually.TrueAsync(
            async () => (events = await EventsAsync()).Count >= 2 * Sessions, () => $"{2 * Sessions} events; came {events.Count}", TimeSpan.FromSeconds(60));
        var sessions = events.GroupBy(happened => (string)happened!["data"]!["session"]!).ToList();
        Assert.Equal(Sessions, sessions.Count);
        Assert.All(sessions, session => Assert.Equal(["connected", "disconnected"], session.Select(happened => (string?)happened!["cause"])));
    }

    async Task<JsonArray> EventsAsync()
    {
        using var client = ClientOf(_cluster.Gateways[1].Address);
        using var response = await client.GetAsync("/channels/event/default?limit=100");
        if (!response.IsSuccessStatusCode)
            return [];
        var log = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return [.. log["messages"]!.AsArray().Select(message => message!["data"]!.DeepClone())];
    }

    static HttpClient ClientOf(Uri gateway) => new()
    {
        BaseAddress = gateway,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("admin:first-password"u8)) },
    };
}
