using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Tests.Server;

/// <summary>What the switches of the Bayeux endpoint change.</summary>
public sealed class BayeuxOptionTests
{
    private const string Section = "Tidings:Bayeux:";
    private const string Handshake = """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Compression_is_agreed_on_where_it_is_switched_on(bool isOn)
    {
        await using var server = await OwnServer.StartAsync((Section + "WebSocketCompression", $"{isOn}"));
        using var socket = new ClientWebSocket();
        socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        socket.Options.CollectHttpResponseDetails = true;

        await socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = "/cometd" }.Uri, CancellationToken.None);

        Assert.Equal(isOn, socket.HttpResponseHeaders!.ContainsKey("Sec-WebSocket-Extensions"));
    }

    [Fact]
    public async Task Compressed_messages_pass_both_ways()
    {
        await using var server = await OwnServer.StartAsync((Section + "WebSocketCompression", "true"));
        using var client = new BayeuxSocketClient();
        client.Socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        await client.Socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = "/cometd" }.Uri, CancellationToken.None);

        await client.SendAsync(Handshake.Replace("long-polling", "websocket", StringComparison.Ordinal));

        Assert.True((bool)(await client.NextAsync("/meta/handshake"))["successful"]!);
    }

    [Fact]
    public async Task A_message_that_is_large_only_once_it_is_inflated_is_refused()
    {
        await using var server = await OwnServer.StartAsync((Section + "WebSocketCompression", "true"));
        using var bomb = new BayeuxSocketClient();
        bomb.Socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        await bomb.Socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = "/cometd" }.Uri, CancellationToken.None);

        // A thousandth of that crosses the network.
        await bomb.SendAsync(new byte[64 * 1024 * 1024], WebSocketMessageType.Text);

        Assert.Equal(WebSocketMessageType.Close, (await bomb.Socket.ReceiveAsync(new byte[1024], CancellationToken.None)).MessageType);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, bomb.Socket.CloseStatus);
        Assert.True((bool)(await ReplyAsync(server, Handshake))["successful"]!);
    }

    [Fact]
    public async Task Callback_polling_is_neither_served_nor_offered_where_it_is_switched_off()
    {
        await using var server = await OwnServer.StartAsync((Section + "Jsonp", "false"));

        using var answer = await server.Http.GetAsync($"/cometd?jsonp=f&message={Uri.EscapeDataString(Handshake)}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("callback-polling", (await ReplyAsync(server, Handshake))["supportedConnectionTypes"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_queued_during_a_handshake_go_with_it_or_with_the_first_connect(bool withIt)
    {
        await using var server = await OwnServer.StartAsync(
            "Development",
            static builder => builder.Services.AddSingleton<IBayeuxExtension, Welcome>(),
            (Section + "AllowMessageDeliveryDuringHandshake", $"{withIt}"));

        var messages = await PostAsync(server, Handshake);
        var connect = await PostAsync(server, Connect((string)messages[0]!["clientId"]!));

        Assert.Equal(withIt ? 1 : null, (int?)messages[0]!["x-messages"]);
        Assert.Equal(withIt ? ["/meta/handshake", "/welcome"] : ["/meta/handshake"], ChannelsOf(messages));
        Assert.Equal(withIt ? ["/meta/connect"] : ["/welcome", "/meta/connect"], ChannelsOf(connect));
    }

    [Theory]
    [InlineData("/quiet/a", false)]
    [InlineData("/loud/a", true)]
    public async Task Publishers_on_listed_channels_do_not_hear_themselves(string channel, bool hears)
    {
        await using var server = await OwnServer.StartAsync((Section + "NoBroadcastToPublisher:0", "/quiet/*"));
        var session = (string)(await ReplyAsync(server, Handshake))["clientId"]!;
        await PostAsync(server, $$"""[{"channel":"/meta/subscribe","clientId":"{{session}}","subscription":["{{channel}}","/end"]}]""");
        foreach (var name in new[] { channel, "/end" })
        {
            await PostAsync(server, $$"""[{"channel":"{{name}}","clientId":"{{session}}","data":1}]""");
        }

        var heard = new List<string?>();
        await Eventually.TrueAsync(
            async () =>
            {
                heard.AddRange(ChannelsOf(await PostAsync(server, Connect(session))));
                return heard.Contains("/end");
            },
            "The last message did not come.");

        Assert.Equal(hears, heard.Contains(channel));
    }

    [Fact]
    public async Task The_browser_cookie_has_the_attributes_that_are_set()
    {
        await using var server = await OwnServer.StartAsync(
            (Section + "BrowserCookie:Enabled", "true"),
            (Section + "BrowserCookie:Name", "TAB"),
            (Section + "BrowserCookie:Domain", "app.example"),
            (Section + "BrowserCookie:Path", "/cometd"),
            (Section + "BrowserCookie:MaxAge", "01:00:00"),
            (Section + "BrowserCookie:Secure", "true"),
            (Section + "BrowserCookie:SameSite", "None"),
            (Section + "BrowserCookie:Partitioned", "true"));

        using var answer = await server.Http.PostAsync("/cometd", Json(Handshake));

        var cookie = answer.Headers.GetValues("Set-Cookie").Single().Split("; ");
        Assert.StartsWith("TAB=", cookie[0], StringComparison.Ordinal);
        Assert.Equal(
            ["Partitioned", "domain=app.example", "httponly", "max-age=3600", "path=/cometd", "samesite=none", "secure"],
            cookie.Skip(1).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_changed_timeout_reaches_clients_with_their_next_connect()
    {
        await using var server = await OwnServer.StartAsync((Section + "Timeout", "00:00:20"));
        var session = (string)(await ReplyAsync(server, Handshake))["clientId"]!;
        Assert.Equal(20_000, (int)(await ReplyAsync(server, Connect(session)))["advice"]!["timeout"]!);

        server.Change(Section + "Timeout", "00:00:25");

        Assert.Equal(25_000, (int)(await ReplyAsync(server, Connect(session)))["advice"]!["timeout"]!);
    }

    [Fact]
    public async Task A_life_without_connects_that_a_client_asks_for_has_a_bound()
    {
        await using var server = await OwnServer.StartAsync((Section + "MaxClientInterval", "00:05:00"));
        var session = (string)(await ReplyAsync(server, Handshake))["clientId"]!;

        await ReplyAsync(server, $$$"""[{"channel":"/meta/connect","clientId":"{{{session}}}","connectionType":"long-polling","advice":{"timeout":0,"interval":9000000}}]""");

        var local = server.Services.GetRequiredService<GatewayHub>().Find(ChannelId.DefaultTenant, SessionId.PublicOf(session))!;
        Assert.InRange(local.Deadline!.Value - TimeProvider.System.GetSteadyNow(), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_request_with_more_messages_than_allowed_is_refused_whole()
    {
        await using var server = await OwnServer.StartAsync(("Tidings:Limits:MessagesPerRequest", "2"));
        var session = (string)(await ReplyAsync(server, Handshake))["clientId"]!;
        var publish = $$"""{"channel":"/many","clientId":"{{session}}","data":1}""";

        Assert.Equal(2, (await PostAsync(server, $"[{publish},{publish}]")).Count);
        using var refused = await server.Http.PostAsync("/cometd", Json($"[{publish},{publish},{publish}]"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(2, (int)JsonNode.Parse(await server.Http.GetStringAsync("/channels/many"))!["head"]!);
    }

    [Theory]
    [InlineData(14, true)]
    [InlineData(15, false)]
    public async Task An_id_longer_than_allowed_is_refused(int length, bool isTaken)
    {
        await using var server = await OwnServer.StartAsync(("Tidings:Limits:MessageIdBytes", "16"));
        var id = new string('i', length);

        var reply = await ReplyAsync(server, Handshake.Replace("\"version\"", $"\"id\":\"{id}\",\"version\"", StringComparison.Ordinal));

        Assert.Equal(isTaken ? null : "405::message_id_invalid", (string?)reply["error"]);
        Assert.Equal(isTaken ? id : null, (string?)reply["id"]);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string Connect(string session) =>
        $$$"""[{"channel":"/meta/connect","clientId":"{{{session}}}","connectionType":"long-polling","advice":{"timeout":0}}]""";

    private static IEnumerable<string?> ChannelsOf(JsonArray messages) => messages.Select(static message => (string?)message!["channel"]);

    private static async Task<JsonNode> ReplyAsync(OwnServer server, string body) => (await PostAsync(server, body))[^1]!;

    private static async Task<JsonArray> PostAsync(OwnServer server, string body)
    {
        using var answer = await server.Http.PostAsync("/cometd", Json(body));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
    }

    private sealed class Welcome : IBayeuxExtension
    {
        public ValueTask OutgoingAsync(BayeuxExchange exchange, BayeuxMessage request, BayeuxMessage reply)
        {
            if (request.Channel == "/meta/handshake")
            {
                exchange.Deliver("/welcome", "1"u8.ToArray());
            }

            return ValueTask.CompletedTask;
        }
    }
}
