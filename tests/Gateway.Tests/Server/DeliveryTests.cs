using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Server;

/// <summary>What services publish over REST reaches Bayeux clients.</summary>
[Collection(ServerCollection.Name)]
public sealed class DeliveryTests(GatewayServer server)
{
    private readonly string _channel = GatewayServer.NewChannel();

    [Fact]
    public async Task A_text_body_arrives_as_a_json_string()
    {
        using var client = await BayeuxSocketClient.SubscribedAsync(server, _channel);

        await PublishAsync("say \"ü\""u8.ToArray(), "text/plain");

        Assert.Equal("say \"ü\"", (string)(await client.NextAsync(_channel))["data"]!);
    }

    [Fact]
    public async Task A_json_body_arrives_as_it_is()
    {
        using var client = await BayeuxSocketClient.SubscribedAsync(server, _channel);

        await PublishAsync("""{"a":[1]}"""u8.ToArray(), "application/json");

        Assert.Equal("""{"a":[1]}""", (await client.NextAsync(_channel))["data"]!.ToJsonString());
    }

    /// <summary>The bytes and their form are the example of ZeroMQ RFC 32.</summary>
    [Fact]
    public async Task Other_bytes_arrive_as_z85()
    {
        using var client = await BayeuxSocketClient.SubscribedAsync(server, _channel);

        await PublishAsync([0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B], "application/octet-stream");

        var message = await client.NextAsync(_channel);
        Assert.Equal("HelloWorld", (string)message["data"]!["data"]!);
        Assert.True((bool)message["data"]!["last"]!);
        Assert.NotNull(message["ext"]!["binary"]);
    }

    [Fact]
    public async Task A_client_that_stops_reading_is_cut_harms_nobody_and_goes_on_from_the_log()
    {
        const int Messages = 400;
        using var slow = await BayeuxSocketClient.SubscribedAsync(server, _channel);
        using var quick = await BayeuxSocketClient.SubscribedAsync(server, _channel);
        await slow.NextAsync("/meta/connect");
        for (var i = 1; i <= Messages; i++)
        {
            await PublishAsync(Encoding.UTF8.GetBytes($"{i}".PadRight(GatewayServer.MessageBytes - 100)), "text/plain");
            Assert.Equal(i, Number(await quick.NextAsync(_channel)));
        }

        await Eventually.TrueAsync(
            () => server.Hub.Find(ChannelId.DefaultTenant, SessionId.PublicOf(slow.ClientId))?.Sink is null, "The slow client was not cut.");

        using var back = await BayeuxSocketClient.OpenAsync(server);
        back.ClientId = slow.ClientId;
        await back.ConnectAsync();
        var next = Number(await back.NextAsync(_channel));

        // What the first socket took into the kernel's buffers cannot be known; that much is small against the whole.
        Assert.InRange(next, 1, Messages / 2);
        while (++next <= Messages)
        {
            Assert.Equal(next, Number(await back.NextAsync(_channel)));
        }
    }

    private static int Number(JsonNode message) => int.Parse((string)message["data"]!, CultureInfo.InvariantCulture);

    private async Task PublishAsync(byte[] body, string mediaType)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(mediaType);
        (await server.Http.PostAsync("/channels" + _channel, content)).EnsureSuccessStatusCode();
    }
}
