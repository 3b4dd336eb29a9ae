namespace Tidings.Gateway.Tests.Server;

/// <summary>A client that begins anew on the socket it has.</summary>
[Collection(ServerCollection.Name)]
public sealed class SecondHandshakeTests(GatewayServer server)
{
    private readonly string _channel = GatewayServer.NewChannel();

    [Fact]
    public async Task Lets_go_of_the_first_session_which_stays_valid_elsewhere()
    {
        using var client = await BayeuxSocketClient.SubscribedAsync(server, _channel);
        var first = client.ClientId;

        await HandshakeAsync(client);

        Assert.Null(server.Hub.Find(ChannelId.DefaultTenant, SessionId.PublicOf(first))!.Sink);
        var second = client.ClientId;
        Assert.NotEqual(first, second);
        Assert.True((bool)(await ConnectedAsync(client, second))["successful"]!);
        using var other = await BayeuxSocketClient.OpenAsync(server);
        Assert.True((bool)(await ConnectedAsync(other, first))["successful"]!);
    }

    [Fact]
    public async Task Answers_a_held_connect_without_sending_the_client_away()
    {
        using var client = await BayeuxSocketClient.SubscribedAsync(server, _channel);
        await client.NextAsync("/meta/connect");
        await client.ConnectAsync();

        await client.SendAsync(Handshake);

        var held = await client.NextAsync("/meta/connect");
        Assert.True((bool)held["successful"]!);
        Assert.Equal("retry", (string)held["advice"]!["reconnect"]!);
        Assert.True((bool)(await client.NextAsync("/meta/handshake"))["successful"]!);
    }

    [Fact]
    public async Task Changes_nothing_when_it_is_refused()
    {
        using var client = await BayeuxSocketClient.SubscribedAsync(server, _channel);
        await client.NextAsync("/meta/connect");

        await client.SendAsync("""[{"channel":"/meta/handshake"}]""");

        Assert.False((bool)(await client.NextAsync("/meta/handshake"))["successful"]!);
        Assert.True((bool)(await ConnectedAsync(client, client.ClientId))["successful"]!);
    }

    [Fact]
    public async Task Leaves_a_session_alone_that_moved_to_another_socket()
    {
        using var client = await BayeuxSocketClient.SubscribedAsync(server, _channel);
        using var other = await BayeuxSocketClient.OpenAsync(server);
        var session = client.ClientId;
        Assert.True((bool)(await ConnectedAsync(other, session))["successful"]!);

        await HandshakeAsync(client);

        Assert.True((bool)(await ConnectedAsync(other, session))["successful"]!);
    }

    private const string Handshake = """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["websocket"]}]""";

    private static async Task HandshakeAsync(BayeuxSocketClient client)
    {
        await client.SendAsync(Handshake);
        client.ClientId = (string)(await client.NextAsync("/meta/handshake"))["clientId"]!;
    }

    /// <summary>The reply to a connect that is not held.</summary>
    private static async Task<System.Text.Json.Nodes.JsonNode> ConnectedAsync(BayeuxSocketClient client, string session)
    {
        await client.SendAsync($$$"""[{"channel":"/meta/connect","clientId":"{{{session}}}","connectionType":"websocket","id":"now","advice":{"timeout":0}}]""");
        while (true)
        {
            var reply = await client.NextAsync("/meta/connect");
            if ((string?)reply["id"] == "now")
            {
                return reply;
            }
        }
    }
}
