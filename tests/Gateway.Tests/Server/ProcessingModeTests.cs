using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Server;

[Collection(ServerCollection.Name)]
public sealed class ProcessingModeTests(GatewayServer server)
{
    private readonly string _channel = GatewayServer.NewChannel();

    [Theory]
    [InlineData(null, 1)]
    [InlineData("PERSISTENT", 1)]
    [InlineData("transient", 1)]
    [InlineData("QUIESCENT", 0)]
    [InlineData("CEP", 0)]
    public async Task Item_77_the_processing_mode_says_whether_subscribers_are_notified(string? mode, int expected)
    {
        using var published = await SendAsync("/channels" + _channel, "{}", mode, null);
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        Assert.Equal(expected, (int)JsonNode.Parse(await published.Content.ReadAsStringAsync())!["count"]!);
        Assert.Equal(expected, await HeadAsync());

        var xid = $"mode{_channel.Replace('/', '_')}";
        using var created = await SendAsync("/s", $"10,100,POST,/channels{_channel},application/json,,,,{{}}", mode, xid);
        Assert.StartsWith("20,", await created.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var called = await SendAsync("/s", "100", mode, xid);
        Assert.Equal(2 * expected, await HeadAsync());
    }

    [Fact]
    public async Task An_unknown_mode_is_refused()
    {
        using var refused = await SendAsync("/channels" + _channel, "{}", "LOUD", null);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private async Task<int> HeadAsync() => (int)JsonNode.Parse(await server.Http.GetStringAsync("/channels" + _channel))!["head"]!;

    private Task<HttpResponseMessage> SendAsync(string path, string body, string? mode, string? xid)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (mode is not null)
        {
            request.Headers.Add("X-Cumulocity-Processing-Mode", mode);
        }

        if (xid is not null)
        {
            request.Headers.Add("X-Id", xid);
        }

        return server.Http.SendAsync(request);
    }
}
