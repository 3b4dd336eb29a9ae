using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Cumulocity;

[Collection(ServerCollection.Name)]
public sealed class JsonSocketTests(GatewayServer server)
{
    [Fact]
    public async Task Item_78_a_connect_after_every_subscribe_holds_nothing_up_and_brings_nothing_twice()
    {
        var device = GatewayServer.NewChannel()["/test/".Length..];
        using var client = await BayeuxSocketClient.OpenAsync(server.Address, "/cep/realtime");
        await client.SendAsync("""[{"channel":"/meta/handshake","version":"1.0","advice":{}}]""");
        client.ClientId = (string)(await client.NextAsync("/meta/handshake"))["clientId"]!;
        foreach (var channel in new[] { "alarms", "events", "measurements" })
        {
            await client.SendAsync($$$"""[{"channel":"/meta/subscribe","clientId":"{{{client.ClientId}}}","subscription":"/{{{channel}}}/{{{device}}}","advice":{}}]""");
            await client.ConnectAsync();
        }

        // The first is answered at once, the second when the third comes.
        Assert.True((bool)(await client.NextAsync("/meta/connect"))["successful"]!);
        Assert.True((bool)(await client.NextAsync("/meta/connect"))["successful"]!);
        var publisher = new JsonSession(server.Http, "");
        await publisher.PublishAsync($"/alarms/{device}", """{"n":1}""");
        await publisher.PublishAsync($"/alarms/{device}", """{"n":2}""");

        Assert.Equal(1, (int)(await client.NextAsync($"/alarms/{device}"))["data"]!["n"]!);
        await publisher.PublishAsync($"/events/{device}", """{"n":3}""");
        Assert.Equal(2, (int)(await client.NextAsync($"/alarms/{device}"))["data"]!["n"]!);
        Assert.Equal(3, (int)(await client.NextAsync($"/events/{device}"))["data"]!["n"]!);
    }
}
