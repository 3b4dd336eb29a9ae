using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Server;

/// <summary>What broken or hostile clients send to the Bayeux endpoint.</summary>
[Collection(ServerCollection.Name)]
public sealed class BadInputTests(GatewayServer server)
{
    private const string Handshake = """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]""";

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("{}}")]
    [InlineData("7")]
    [InlineData("[7]")]
    [InlineData("null")]
    public async Task A_body_that_is_no_message_is_refused(string body) => Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(body)).StatusCode);

    [Fact]
    public async Task Deep_nesting_is_refused() => Assert.Equal(
        HttpStatusCode.BadRequest,
        (await PostAsync($$"""[{"channel":"/a","data":{{new string('[', 500)}}{{new string(']', 500)}}}]""")).StatusCode);

    [Fact]
    public async Task A_larger_body_is_refused() =>
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(new string(' ', GatewayServer.MessageBytes + 1))).StatusCode);

    [Theory]
    [InlineData("gzip", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("br", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("identity", HttpStatusCode.OK)]
    public async Task A_body_with_a_content_coding_is_refused(string coding, HttpStatusCode status)
    {
        var content = new StringContent(Handshake, Encoding.UTF8, "application/json") { Headers = { ContentEncoding = { coding } } };

        Assert.Equal(status, (await server.Http.PostAsync("/cometd", content)).StatusCode);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("""["x"]""")]
    public async Task A_connect_whose_session_cannot_be_one_is_told_to_handshake(string id)
    {
        var reply = Assert.Single(await RepliesAsync($$"""[{"channel":"/meta/connect","clientId":{{id}},"connectionType":"long-polling"}]"""))!;

        Assert.Equal("402::session_unknown", (string)reply["error"]!);
        Assert.Equal("handshake", (string)reply["advice"]!["reconnect"]!);
    }

    [Fact]
    public async Task A_huge_id_is_refused_and_not_sent_back()
    {
        var id = new string('i', 10_000);

        var reply = Assert.Single(await RepliesAsync($$"""[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"],"id":"{{id}}"}]"""))!;

        Assert.False((bool)reply["successful"]!);
        Assert.DoesNotContain(id, reply.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/event")]
    [InlineData("/event/x")]
    [InlineData("/event/x/")]
    public async Task Channels_of_the_server_are_not_published_to(string channel)
    {
        var session = (string)Assert.Single(await RepliesAsync(Handshake))!["clientId"]!;

        var reply = Assert.Single(await RepliesAsync($$"""[{"channel":"{{channel}}","clientId":"{{session}}","data":1}]"""))!;

        Assert.Equal("403:denied_by_security_policy:publish_denied", (string)reply["error"]!);
    }

    [Theory]
    [InlineData("/meta/connect")]
    [InlineData("/meta/subscribe")]
    [InlineData("/meta/unsubscribe")]
    [InlineData("/meta/disconnect")]
    public async Task An_unknown_session_is_told(string channel)
    {
        var reply = Assert.Single(await RepliesAsync($$"""[{"channel":"{{channel}}","clientId":"nobody","connectionType":"long-polling","subscription":"/a"}]"""))!;

        Assert.False((bool)reply["successful"]!);
        Assert.StartsWith("402:", (string)reply["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"\ud800authentication":1}""")]
    [InlineData("""{"authentication":{"user":"\ud800","password":"x"}}""")]
    [InlineData("""{"authentication":{"token":"\ud800"}}""")]
    [InlineData("""{"com.cumulocity.authn":{"token":"\ud800"}}""")]
    public async Task Half_a_character_in_an_ext_is_refused_as_wrong_credentials(string ext)
    {
        var reply = Assert.Single(await RepliesAsync(Handshake.Replace("\"version\"", $"\"ext\":{ext},\"version\"", StringComparison.Ordinal)))!;

        Assert.Equal("403::handshake_denied", (string)reply["error"]!);
        Assert.Equal("none", (string)reply["advice"]!["reconnect"]!);
    }

    [Theory]
    [InlineData("/meta/connect/")]
    [InlineData("/meta/subscribe/")]
    [InlineData("/meta/unsubscribe/")]
    [InlineData("/meta/disconnect/")]
    [InlineData("/meta/handshake/")]
    public async Task Meta_channels_are_known_by_their_exact_names(string channel)
    {
        var session = (string)Assert.Single(await RepliesAsync(Handshake))!["clientId"]!;

        var reply = Assert.Single(await RepliesAsync(
            $$"""[{"channel":"{{channel}}","clientId":"{{session}}","connectionType":"long-polling","subscription":"/a","version":"1.0","supportedConnectionTypes":["long-polling"]}]"""))!;

        Assert.Equal("403:denied_by_security_policy:create_denied", (string)reply["error"]!);
    }

    [Fact]
    public async Task Beside_a_handshake_nothing_is_carried_out_and_only_the_handshake_is_told_to_stop()
    {
        var session = (string)Assert.Single(await RepliesAsync(Handshake))!["clientId"]!;
        var channel = GatewayServer.NewChannel();

        var replies = await RepliesAsync($$"""[{{Handshake[1..^1]}},{"channel":"{{channel}}","clientId":"{{session}}","data":1}]""");

        Assert.All(replies, static reply => Assert.Equal("400::handshake_not_alone", (string)reply!["error"]!));
        Assert.Equal("none", (string)replies[0]!["advice"]!["reconnect"]!);
        Assert.Null(replies[1]!["advice"]);
        Assert.Equal(0, (int)JsonNode.Parse(await server.Http.GetStringAsync("/channels" + channel))!["head"]!);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_binary_frame_closes_the_socket(int length)
    {
        using var client = await BayeuxSocketClient.OpenAsync(server);

        await client.SendAsync(new byte[length], WebSocketMessageType.Binary);

        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, await client.ClosedAsync());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[7]")]
    [InlineData("hello")]
    [InlineData("")]
    public async Task A_frame_that_is_no_message_closes_the_socket(string frame)
    {
        using var client = await BayeuxSocketClient.OpenAsync(server);

        await client.SendAsync(frame);

        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, await client.ClosedAsync());
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_closes_the_socket_with_a_code_that_says_so()
    {
        using var client = await BayeuxSocketClient.OpenAsync(server);

        await client.SendAsync([(byte)'"', 0xC3, 0x28, (byte)'"'], WebSocketMessageType.Text);

        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, await client.ClosedAsync());
    }

    [Fact]
    public async Task A_larger_frame_closes_the_socket()
    {
        using var client = await BayeuxSocketClient.OpenAsync(server);

        await client.SendAsync(new string(' ', GatewayServer.MessageBytes + 1));

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await client.ClosedAsync());
    }

    [Fact]
    public async Task Half_a_request_harms_nobody()
    {
        using var half = new TcpClient();
        await half.ConnectAsync(server.Address.Host, server.Address.Port);
        await half.GetStream().WriteAsync("POST /cometd HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[{\"cha"u8.ToArray());

        Assert.True((bool)Assert.Single(await RepliesAsync(Handshake))!["successful"]!);
        half.Close();
        Assert.True((bool)Assert.Single(await RepliesAsync(Handshake))!["successful"]!);
    }

    [Theory]
    [InlineData("/a/*")]
    [InlineData("/service/*")]
    [InlineData("/service/**")]
    public async Task A_publish_to_a_wildcard_is_refused(string channel)
    {
        var id = Assert.Single(await RepliesAsync(Handshake))!["clientId"];

        var reply = Assert.Single(await RepliesAsync($$"""[{"channel":"{{channel}}","clientId":"{{id}}","data":1}]"""))!;

        Assert.Equal("405::channel_invalid", (string)reply["error"]!);
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_refused()
    {
        byte[] body = [.. "[{\"channel\":\"/a\",\"data\":\""u8, 0xC3, 0x28, .. "\"}]"u8];
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");

        Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.PostAsync("/cometd", content)).StatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string body) => server.Http.PostAsync("/cometd", new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<JsonArray> RepliesAsync(string body) => JsonNode.Parse(await (await PostAsync(body)).Content.ReadAsStringAsync())!.AsArray();
}
