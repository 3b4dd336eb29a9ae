using System.Net;
using System.Net.WebSockets;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>What no client should send: each has its answer, and harms nothing else.</summary>
[Collection(SmcServerCollection.Name)]
public sealed class SmcBadInputTests(SmcServer server)
{
    [Fact]
    public async Task Ten_thousand_subscriptions_are_refused_one_by_one_and_those_before_go_on()
    {
        const int Requests = 10_000;
        using var client = await SmcClient.LoginAsync(server);
        using var socket = await client.OpenSocketAsync();
        var sending = SendAllAsync(socket, Requests);
        for (var id = 0; id < SmcServer.Subscriptions; id++)
        {
            Assert.Contains($"\"subscription_id\":{id}}}", await socket.NextAsync($"answer {id}"));
        }

        for (var id = SmcServer.Subscriptions; id < Requests; id++)
        {
            Assert.Equal("""{"failure":"Too many subscriptions"}""", await socket.NextAsync($"answer {id}"));
        }

        await sending;
        var href = await client.CreateAsync("network", "after the flood");
        for (var id = 0; id < SmcServer.Subscriptions; id++)
        {
            Assert.Equal($$"""{"event":{"type":"create","element":"{{href}}"},"subscription_id":{{id}}}""", await socket.NextAsync($"event {id}"));
        }

        await client.Http.DeleteAsync(href);
    }

    [Theory]
    [InlineData(new byte[] { 0x81 })] // half a head
    [InlineData(new byte[] { 0x81, 0xFE, 0x01 })] // half a length
    [InlineData(new byte[] { 0x81, 0x8A, 0, 0, 0, 0, (byte)'{' })] // a tenth of a payload
    [InlineData(new byte[] { 0x01, 0x81, 0, 0, 0, 0, (byte)'{' })] // a first fragment alone
    public async Task A_connection_that_breaks_off_within_a_frame_ends_its_session_and_no_other(byte[] part)
    {
        using var client = await SmcClient.LoginAsync(server);
        using var other = await client.OpenSocketAsync();
        await other.SubscribeAsync("host", 0);
        var sessions = Sessions();
        using (var raw = await RawSocket.OpenAsync(server.Address, client.Cookies.GetAllCookies()["JSESSIONID"]!.Value))
        {
            await raw.SendAsync("""{"context":"host"}""");
            await raw.NextAsync();
            Assert.Single(Sessions().Except(sessions));
            await raw.SendBytesAsync(part);
        }

        await Eventually.TrueAsync(() => !Sessions().Except(sessions).Any(), "The broken connection's session was not ended.");
        var href = await client.CreateAsync("host", "still told");
        Assert.Contains(href, await other.NextAsync());
        await client.Http.DeleteAsync(href);
    }

    [Theory]
    [InlineData(new byte[] { 0xC1, 0x80, 0, 0, 0, 0 })] // a bit of an extension that was not agreed
    [InlineData(new byte[] { 0x83, 0x80, 0, 0, 0, 0 })] // an opcode that is none
    [InlineData(new byte[] { 0x80, 0x80, 0, 0, 0, 0 })] // the rest of nothing
    [InlineData(new byte[] { 0x81, 0x81, 0, 0, 0, 0, 0xFF })] // not UTF-8
    public async Task A_frame_against_the_protocol_ends_the_connection(byte[] frame)
    {
        using var client = await SmcClient.LoginAsync(server);
        var sessions = Sessions();
        using var raw = await RawSocket.OpenAsync(server.Address, client.Cookies.GetAllCookies()["JSESSIONID"]!.Value);
        await raw.SendBytesAsync(frame);
        await raw.EndsAsync();
        await Eventually.TrueAsync(() => !Sessions().Except(sessions).Any(), "The connection's session was not ended.");
    }

    [Theory]
    [InlineData("%2e%2e%2Frouter")]
    [InlineData("..%2F..%2Fadmin_user%2F1")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("a%5Cb")]
    [InlineData("a%00b")]
    [InlineData("*")]
    [InlineData("**")]
    public async Task An_id_that_is_a_path_or_a_pattern_is_no_element(string id)
    {
        using var client = await SmcClient.LoginAsync(server);
        foreach (var method in new[] { "GET", "PUT", "DELETE" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/7.2.1/elements/host/{id}")
            {
                Content = new StringContent("""{"name":"x"}""", null, "application/json"),
            };
            using var response = await client.Http.SendAsync(request);
            Assert.True((int)response.StatusCode is 400 or 404, $"{method} {id}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Another_tenants_cookie_reads_changes_and_hears_nothing()
    {
        using var one = await SmcClient.LoginAsync(server);
        using var two = await SmcClient.LoginAsync(server, "key-two", "Other");
        var href = await one.CreateAsync("router", "of one");
        using var socket = await two.OpenSocketAsync();
        await socket.SubscribeAsync("router", 0);
        var path = new Uri(href).AbsolutePath;

        Assert.Equal(HttpStatusCode.NotFound, (await two.Http.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await two.PutAsync(path, """{"name":"taken over"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await two.Http.DeleteAsync(path)).StatusCode);
        Assert.Contains("of one", await one.Http.GetStringAsync(path));

        await one.PutAsync(path, """{"name":"of one still"}""");
        var own = await two.CreateAsync("router", "of two");
        Assert.Contains($"\"create\",\"element\":\"{own}\"", await socket.NextAsync());
        await one.Http.DeleteAsync(path);
    }

    [Fact]
    public async Task A_cookie_that_was_never_given_opens_no_socket()
    {
        using var stranger = SmcClient.Stranger(server);
        stranger.Cookies.Add(server.Address, new Cookie("JSESSIONID", new string('a', 43)));
        await Assert.ThrowsAsync<WebSocketException>(() => stranger.OpenSocketAsync());
    }

    private string[] Sessions() => [.. server.Hub.ClientSessions.Select(static session => session.Id)];

    private static async Task SendAllAsync(SmcSocketClient socket, int count)
    {
        for (var sent = 0; sent < count; sent++)
        {
            await socket.SendAsync("""{"context":"network"}""");
        }
    }
}
