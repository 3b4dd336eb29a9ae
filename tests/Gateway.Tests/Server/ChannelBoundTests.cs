using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Server;

/// <summary>What publishers and subscribers are told by a server whose tenant has as many channels, or patterns, as it may.</summary>
public sealed class ChannelBoundTests : IAsyncLifetime
{
    private const string Handshake = """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]""";
    private const string TooManyChannels = "429:channels,2:limit_reached";
    private OwnServer? _server;

    private HttpClient Http => _server!.Http;

    public async Task InitializeAsync()
    {
        _server = await OwnServer.StartAsync(("Tidings:Limits:ChannelsPerTenant", "2"), ("Tidings:Limits:PatternsPerTenant", "1"));
        foreach (var channel in new[] { "/one", "/two" })
        {
            Assert.Equal(HttpStatusCode.OK, (await PublishAsync(channel)).StatusCode);
        }
    }

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    [Fact]
    public async Task Rest_says_too_many()
    {
        using var published = await PublishAsync("/three");
        using var listening = await Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/channels/three") { Headers = { { "Accept", "text/event-stream" } } });

        Assert.Equal(HttpStatusCode.TooManyRequests, published.StatusCode);
        Assert.Contains("too many channels", await published.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.TooManyRequests, listening.StatusCode);
        Assert.Contains("too many channels", await listening.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await PublishAsync("/one")).StatusCode);
    }

    [Fact]
    public async Task Bayeux_says_which_bound_was_reached()
    {
        var session = (string)(await ReplyAsync(Handshake))["clientId"]!;

        Assert.Equal(TooManyChannels, (string)(await ReplyAsync($$"""[{"channel":"/three","clientId":"{{session}}","data":1}]"""))["error"]!);
        Assert.Equal(TooManyChannels, (string)(await SubscribeAsync(session, """["/one","/three"]"""))["error"]!);
        Assert.True((bool)(await SubscribeAsync(session, """["/one","/a/*"]"""))["successful"]!);
        Assert.Equal("429:patterns,1:limit_reached", (string)(await SubscribeAsync(session, """["/two","/b/*"]"""))["error"]!);
        Assert.True((bool)(await ReplyAsync($$"""[{"channel":"/two","clientId":"{{session}}","data":1}]"""))["successful"]!);
    }

    [Fact]
    public async Task A_template_s_request_reports_the_status()
    {
        using var registered = await SmartAsync("10,100,POST,/channels/%%,text/plain,,%%,UNSIGNED STRING,%%");
        Assert.StartsWith("20,", await registered.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var answer = await SmartAsync("100,7,hello");

        Assert.Contains("429", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PublishAsync(string channel) => Http.PostAsync("/channels" + channel, new StringContent("1", Encoding.UTF8, "application/json"));

    private Task<HttpResponseMessage> SmartAsync(string row) =>
        Http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/s") { Headers = { { "X-Id", "bounds" } }, Content = new StringContent(row, Encoding.UTF8, "text/plain") });

    private Task<JsonNode> SubscribeAsync(string session, string channels) =>
        ReplyAsync($$"""[{"channel":"/meta/subscribe","clientId":"{{session}}","subscription":{{channels}}}]""");

    private async Task<JsonNode> ReplyAsync(string body)
    {
        using var answer = await Http.PostAsync("/cometd", new StringContent(body, Encoding.UTF8, "application/json"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray()[^1]!;
    }
}
