using System.Net;
using System.Net.WebSockets;
using Tidings.Gateway.Tests.Server;
using Tidings.Gateway.Tests.Smc;

namespace Tidings.Gateway.Tests.Personium;

/// <summary>What no client should send: each has its answer, and harms nothing else.</summary>
[Collection(PersoniumServerCollection.Name)]
public sealed class PersoniumBadInputTests(PersoniumServer server)
{
    [Theory]
    [InlineData(new byte[] { 0x81 })] // half a head
    [InlineData(new byte[] { 0x81, 0xFE, 0x01 })] // half a length
    [InlineData(new byte[] { 0x81, 0x8A, 0, 0, 0, 0, (byte)'{' })] // a tenth of a payload
    [InlineData(new byte[] { 0x81, 0x02, (byte)'{', (byte)'}' })] // not masked (RFC 6455, 5.1)
    [InlineData(new byte[] { 0x83, 0x80, 0, 0, 0, 0 })] // an opcode that is none
    public async Task A_broken_frame_harms_no_other_socket(byte[] frame)
    {
        var stream = await server.NewStreamAsync();
        using var other = await server.ListenAsync(stream);
        using (var raw = await RawSocket.OpenAsync(server.Address, SocketPath(stream), ""))
        {
            await raw.SendBytesAsync(frame);
        }

        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("POST", stream + "/topic/t1", "sender", """{"n":1}""")).Status);
        Assert.Equal(1, (int)(await other.NextAsync())!["Body"]!["n"]!);
    }

    [Theory]
    [InlineData("POST", "/cell1/box1/..%2F..%2Fcell2%2Fbox1/queue/q1")]
    [InlineData("POST", "/cell1/box1/a%2Fb/queue/q1")]
    [InlineData("POST", "/cell1/box1/%2e%2e/queue/q1")]
    [InlineData("POST", "/cell1/box1/c/queue/..%2Fq1")]
    [InlineData("GET", "/cell1/box1/c/queue/%2e")]
    [InlineData("POST", "/cell1/box1/c/topic/a%5Cb")]
    [InlineData("POST", "/cell1/box1/*/topic/**")]
    public async Task Dots_and_encoded_slashes_lead_nowhere(string method, string path)
    {
        var (status, body) = await server.AskAsync(method, path, "owner", method == "POST" ? "{}" : null);
        Assert.True((int)status is 400 or 403 or 404 or 405, $"{status}");
        Assert.Contains("\"code\":\"PR4", body);
    }

    [Theory]
    [InlineData("/cell1/__topic/box1/a%2Fb.topic.t1")]
    [InlineData("/cell1/__topic/box1/..%2F..%2Fcell2%2Fbox1%2Fc.topic.t1")]
    [InlineData("/cell1/__topic/box1/...topic.t1")]
    [InlineData("/cell1/__topic/box1/*.topic.**")]
    public async Task A_sockets_path_that_is_none_is_told_what_a_bad_token_is_told(string path)
    {
        using var client = await server.OpenAsync(path);
        await client.TokenAsync(await server.TokenAsync("owner"));
        await client.FailsAsync("AccessToken", "Token inactive");
    }

    [Theory]
    [InlineData("PROPPATCH")]
    [InlineData("ACL")]
    [InlineData("MKCOL")]
    public async Task An_entity_that_grows_is_not_expanded(string method)
    {
        var entities = string.Concat(Enumerable.Range(1, 9).Select(static n => $"<!ENTITY e{n} \"{string.Concat(Enumerable.Repeat($"&e{n - 1};", 10))}\">"));
        var bomb = $"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e0 \"boom\">{entities}]><x>&e9;</x>";
        var path = method == "MKCOL" ? PersoniumServer.NewPath() : await server.NewStreamAsync();
        var (status, body) = await server.AskAsync(method, path, "owner", bomb);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("\"code\":\"PR400", body);
        Assert.DoesNotContain("boomboom", body);
    }

    [Fact]
    public async Task A_frame_larger_than_any_token_ends_the_socket()
    {
        await using var running = new Running();
        await running.Server.StartAsync(("Tidings:Limits:MessageBytes", "4096"));
        using var client = await running.Server.OpenAsync("/cell1/__topic/box1/c.topic.t1");
        await client.TokenAsync(new string('x', 70_000));
        Assert.Null(await client.NextAsync());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, client.Socket.CloseStatus);
    }

    [Fact]
    public async Task Tokens_in_a_flood_end_the_socket()
    {
        const int Flood = 200;
        await using var running = new Running();
        await running.Server.StartAsync(
            ("Tidings:Rates:Loopback", "true"), ("Tidings:Rates:BurstSeconds", "1"), ("Tidings:Rates:Address:Bytes", "4000"));
        using var client = await running.Server.ListenAsync(await running.Server.NewStreamAsync());
        var frame = $"{{\"AccessToken\":\"{await running.Server.TokenAsync("receiver")}\"{new string(' ', 1000)}}}";

        var taken = 0;
        do
        {
            await client.SendAsync(frame);
        }
        while (await client.NextAsync() is not null && ++taken < Flood);

        Assert.InRange(taken, 0, Flood - 1);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.Socket.CloseStatus);
    }

    [Fact]
    public async Task A_listener_that_does_not_read_is_cut_and_others_get_everything()
    {
        const int Messages = 300;
        await using var running = new Running();
        await running.Server.StartAsync(("Tidings:Personium:WritePatience", "00:00:01"));
        var stream = await running.Server.NewStreamAsync();
        using var slow = await running.Server.ListenAsync(stream);
        using var quick = await running.Server.ListenAsync(stream);
        Assert.Equal(2, running.Server.Sessions);

        var filler = new string('x', 60_000);
        for (var n = 0; n < Messages; n++)
        {
            Assert.Equal(HttpStatusCode.OK, (await running.Server.AskAsync("POST", stream + "/topic/t1", "sender", $$"""{"n":{{n}},"f":"{{filler}}"}""")).Status);
            Assert.Equal(n, (int)(await quick.NextAsync())!["Body"]!["n"]!);
        }

        await Eventually.TrueAsync(() => running.Server.Sessions == 1, "The socket that did not read was not cut.");
        Assert.Equal(WebSocketState.Open, quick.Socket.State);
    }

    private static string SocketPath(string stream) => $"/cell1/__topic/box1/{stream["/cell1/box1/".Length..]}.topic.t1";

    private sealed class Running : IAsyncDisposable
    {
        public PersoniumServer Server { get; } = new();

        public ValueTask DisposeAsync() => new(Server.DisposeAsync());
    }
}
