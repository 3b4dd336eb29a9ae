using System.Text.Json.Nodes;

namespace Tidings.Events.Tests.Amqp;

/// <summary>Events through a real broker to a consumer.</summary>
public sealed class RabbitMqTests
{
    [Fact]
    public async Task A_consumer_of_a_broker_gets_a_tenants_events() // 8, 24, 32
    {
        await using var rabbit = await RabbitMq.StartAsync();
        await using var server = await EventServer.StartAsync(
            ("Tidings:ConnectionEvents:Producer", "events"),
            ("Tidings:ConnectionEvents:Amqp:Url", $"amqp://guest:guest@127.0.0.1:{rabbit.Port}"),
            ("Tidings:ConnectionEvents:Amqp:AddressTemplate", "event%2F{tenant}"));
        await using var consumer = PythonPeer.Start("consumer.py", $"amqp://guest:guest@127.0.0.1:{rabbit.Port}", "event%2Fdefault");
        await consumer.LineAsync(static line => line == "attached", "a line \"attached\"");

        await server.CloseAsync("alice", (await server.OpenAsync("alice"))!);

        var messages = await consumer.MessagesAsync(2);
        Assert.All(messages, static message => Assert.Equal("alice", (string?)message["device"]));
        Assert.All(messages, static message => Assert.Equal("application/vnd.eclipse-hono-dc-notification+json", (string?)message["content_type"]));
        Assert.Equal(["connected", "disconnected"], messages.Select(static message => (string?)JsonNode.Parse((string)message["body"]!)!["cause"]));
    }
}
