using System.Globalization;
using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Events.Tests.Amqp;

/// <summary>Events at a peer that listens on Hono's own address.</summary>
public sealed class ListenerTests : IAsyncLifetime
{
    private readonly int _port = FreePort.Next();
    private ChildProcess _peer = null!;

    public Task InitializeAsync() => ListenAsync();

    public async Task DisposeAsync() => await _peer.DisposeAsync();

    [Fact]
    public async Task An_event_has_honos_sections() // 8, 12, 24, 28
    {
        await using var server = await StartAsync();
        await server.OpenAsync("alice");
        var message = Assert.Single(await _peer.MessagesAsync(1));

        Assert.Equal("event/default", (string?)message["address"]);
        Assert.Equal("event/default", (string?)message["to"]);
        Assert.True((bool)message["durable"]!);
        Assert.Equal(0, (double)message["ttl"]!);
        Assert.Equal("application/vnd.eclipse-hono-dc-notification+json", (string?)message["content_type"]);
        Assert.True((double)message["creation_time"]! > 1_700_000_000);
        Assert.Equal("""["str","alice"]""", message["properties"]!["device_id"]!.ToJsonString());
        Assert.Equal(1, (int)message["properties"]!["qos"]![1]!);
        Assert.Equal("default", (string?)message["annotations"]!["tenant_id"]);
        Assert.Equal("alice", (string?)message["annotations"]!["device_id"]);
        Assert.Equal("event/default/alice", (string?)message["annotations"]!["resource"]);
        Assert.Equal("127.0.0.1", (string?)JsonNode.Parse((string)message["body"]!)!["remote-id"]);
        Assert.DoesNotContain("settled", _peer.Output);
    }

    [Fact]
    public async Task A_tenants_defaults_come_with_its_events() // 27, 29, 30
    {
        await using var server = await StartAsync(
            ("Tidings:ConnectionEvents:Tenants:red:MaxTtl", "500"), ("Tidings:ConnectionEvents:Tenants:red:Ttl", "60"),
            ("Tidings:ConnectionEvents:Tenants:red:Properties:foo", "bar"), ("Tidings:ConnectionEvents:Tenants:red:Properties:content-type", "text/plain"),
            ("Tidings:ConnectionEvents:Tenants:*:MaxTtl", "500"));
        await server.OpenAsync("red/rose");
        await server.OpenAsync("alice");
        var messages = await _peer.MessagesAsync(2);

        Assert.Equal("event/red", (string?)messages[0]["address"]);
        Assert.Equal(60, (double)messages[0]["ttl"]!);
        Assert.Equal("bar", (string?)messages[0]["properties"]!["foo"]![1]);
        Assert.Equal("application/vnd.eclipse-hono-dc-notification+json", (string?)messages[0]["content_type"]);
        Assert.Equal(500, (double)messages[1]["ttl"]!);
    }

    [Fact]
    public async Task A_broker_that_was_down_gets_what_happened_meanwhile_and_the_channel_did_not_wait() // 17
    {
        await _peer.KillAsync();
        await using var server = await StartAsync();
        var client = (await server.OpenAsync("alice"))!;
        await server.CloseAsync("alice", client);
        await server.EventsAsync(2);

        await _peer.DisposeAsync();
        await ListenAsync();
        var causes = (await _peer.MessagesAsync(2)).Select(static message => (string?)JsonNode.Parse((string)message["body"]!)!["cause"]);
        Assert.Equal(["connected", "disconnected"], causes);
    }

    [Fact]
    public async Task A_broker_that_goes_and_comes_back_gets_the_rest()
    {
        await using var server = await StartAsync();
        var client = (await server.OpenAsync("alice"))!;
        await _peer.MessagesAsync(1);
        await _peer.KillAsync();
        await server.CloseAsync("alice", client);
        await server.OpenAsync("alice");
        await server.EventsAsync(3);

        await _peer.DisposeAsync();
        await ListenAsync();
        var causes = (await _peer.MessagesAsync(2)).Select(static message => (string?)JsonNode.Parse((string)message["body"]!)!["cause"]);
        Assert.Equal(["disconnected", "connected"], causes);
    }

    [Fact]
    public async Task A_broker_that_rejects_refuses_sessions_where_events_are_required() // 16
    {
        await _peer.DisposeAsync();
        await ListenAsync("reject");
        await using var server = await StartAsync(("Tidings:ConnectionEvents:Required", "true"));
        Assert.Null(await server.OpenAsync("alice"));
    }

    [Fact]
    public async Task A_tenant_whose_events_are_rejected_holds_up_no_other()
    {
        await _peer.DisposeAsync();
        await ListenAsync("reject", "event/red");
        await using var server = await StartAsync();
        await server.OpenAsync("red/rose");
        await _peer.LineAsync(static line => line == "rejected", "a line \"rejected\"");
        await server.OpenAsync("alice");
        Assert.Equal("event/default", (string?)Assert.Single(await _peer.MessagesAsync(1))["address"]);
    }

    private async Task ListenAsync(params string[] more)
    {
        _peer = PythonPeer.Start("listener.py", [_port.ToString(CultureInfo.InvariantCulture), .. more]);
        await _peer.LineAsync(static line => line == "listening", "a line \"listening\"");
    }

    private Task<EventServer> StartAsync(params (string Key, string Value)[] settings) => EventServer.StartAsync(
    [
        ("Tidings:ConnectionEvents:Producer", "events"), ("Tidings:ConnectionEvents:Amqp:Url", $"amqp://127.0.0.1:{_port}"), .. settings,
    ]);
}
