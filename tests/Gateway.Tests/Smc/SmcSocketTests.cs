using System.Net.WebSockets;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>The notification socket.</summary>
[Collection(SmcServerCollection.Name)]
public sealed class SmcSocketTests(SmcServer server)
{
    [Fact]
    public async Task The_guides_example_runs_as_printed()
    {
        using var client = await SmcClient.LoginAsync(server);
        using var socket = await client.OpenSocketAsync();
        await socket.SubscribeAsync("*", 0);
        await socket.SubscribeAsync("host", 1);

        var router = await client.CreateAsync("router", "r1");
        var host = await client.CreateAsync("host", "h1");

        // Two channels have no order between them.
        var frames = new[] { await socket.NextAsync(), await socket.NextAsync(), await socket.NextAsync() };
        Assert.Equal(
            new[] { Event("create", router, 0), Event("create", host, 0), Event("create", host, 1) }.Order(), frames.Order());
    }

    [Fact]
    public async Task Every_change_is_told_in_order_also_to_who_made_it()
    {
        using var client = await SmcClient.LoginAsync(server);
        using var socket = await client.OpenSocketAsync();
        await socket.SubscribeAsync("fw_policy", 0);

        var href = await client.CreateAsync("fw_policy", "p");
        await client.PutAsync(href, """{"name":"q"}""");
        await client.PutAsync(href + "/trash");
        await client.PutAsync(href + "/restore");
        await client.Http.DeleteAsync(href);

        foreach (var type in new[] { "create", "update", "trashed", "untrashed", "delete" })
        {
            Assert.Equal(Event(type, href, 0), await socket.NextAsync(type));
        }
    }

    [Theory]
    [InlineData("single_fw, address_range")]
    [InlineData("single_fw,address_range")]
    public async Task A_list_is_one_subscription(string context)
    {
        using var client = await SmcClient.LoginAsync(server);
        using var socket = await client.OpenSocketAsync();
        await socket.SubscribeAsync(context, 0);

        var first = await client.CreateAsync("single_fw", "f");
        Assert.Equal(Event("create", first, 0), await socket.NextAsync());
        await client.CreateAsync("host", "not wanted");
        var second = await client.CreateAsync("address_range", "a");
        Assert.Equal(Event("create", second, 0), await socket.NextAsync());
    }

    [Fact]
    public async Task After_unsubscribe_one_subscription_is_silent_and_the_others_go_on_and_ids_are_not_used_again()
    {
        using var client = await SmcClient.LoginAsync(server);
        using var socket = await client.OpenSocketAsync();
        await socket.SubscribeAsync("", 0);
        await socket.SubscribeAsync("mgt_server", 1);
        Assert.Equal("""{"success":"Unsubscribed","subscription_id":0}""", await socket.AskAsync("""{"unsubscribe":0}"""));
        Assert.Equal("""{"failure":"Unknown subscription: 0"}""", await socket.AskAsync("""{"unsubscribe":0}"""));

        var href = await client.CreateAsync("mgt_server", "m");
        Assert.Equal(Event("create", href, 1), await socket.NextAsync());
        await socket.SubscribeAsync("mgt_server", 2);
        await client.Http.DeleteAsync(href);
        Assert.Equal(Event("delete", href, 1), await socket.NextAsync());
        Assert.Equal(Event("delete", href, 2), await socket.NextAsync());
    }

    [Theory]
    [InlineData("hello", "Invalid JSON")]
    [InlineData("""{"context":"unknown_type"}""", "Unknown context: unknown_type")]
    [InlineData("""{"context":"host/1"}""", "Unknown context: host/1")]
    [InlineData("""{"unsubscribe":7}""", "Unknown subscription: 7")]
    [InlineData("""{"unsubscribe":-1}""", "Unknown subscription: -1")]
    [InlineData("""{"abort":0}""", "Unsupported request")]
    [InlineData("", "Invalid JSON")]
    public async Task A_bad_frame_is_a_failure_and_harms_no_subscription(string frame, string failure)
    {
        using var client = await SmcClient.LoginAsync(server);
        using var socket = await client.OpenSocketAsync();
        await socket.SubscribeAsync("layer2_policy", 0);
        Assert.Equal($$"""{"failure":"{{failure}}"}""", await socket.AskAsync(frame));

        var href = await client.CreateAsync("layer2_policy", "p");
        Assert.Equal(Event("create", href, 0), await socket.NextAsync());
        await client.Http.DeleteAsync(href);
    }

    [Fact]
    public async Task A_binary_frame_is_a_failure()
    {
        using var client = await SmcClient.LoginAsync(server);
        using var socket = await client.OpenSocketAsync();
        await socket.SendAsync("""{"context":"*"}""", WebSocketMessageType.Binary);
        Assert.Equal("""{"failure":"Invalid JSON"}""", await socket.NextAsync());
    }

    [Fact]
    public async Task A_frame_that_is_too_large_ends_the_socket()
    {
        using var client = await SmcClient.LoginAsync(server);
        using var socket = await client.OpenSocketAsync();
        await socket.SendAsync(new string('x', 70_000));
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await socket.ClosedAsync());
    }

    [Fact]
    public async Task Subscriptions_are_bounded()
    {
        using var client = await SmcClient.LoginAsync(server);
        using var socket = await client.OpenSocketAsync();
        for (var id = 0; id < SmcServer.Subscriptions; id++)
        {
            await socket.SubscribeAsync("host", id);
        }

        Assert.Equal("""{"failure":"Too many subscriptions"}""", await socket.AskAsync("""{"context":"host"}"""));
        Assert.StartsWith("""{"success":""", await socket.AskAsync("""{"unsubscribe":0}"""));
        await socket.SubscribeAsync("host", SmcServer.Subscriptions);
    }

    [Fact]
    public async Task A_session_of_an_old_version_gets_arrays_and_its_own_hrefs()
    {
        using var client = await SmcClient.LoginAsync(server, version: "6.5");
        using var socket = await client.OpenSocketAsync("6.5");
        await socket.SubscribeAsync("network", 0);
        var href = await client.CreateAsync("network", "n", "6.5");
        Assert.StartsWith($"{server.Address}6.5/", href);
        Assert.Equal($$"""{"events":[{"type":"create","element":"{{href}}"}],"subscription_id":0}""", await socket.NextAsync());
    }

    [Fact]
    public async Task Another_tenants_changes_are_not_told()
    {
        using var one = await SmcClient.LoginAsync(server);
        using var two = await SmcClient.LoginAsync(server, "key-two", "Other");
        using var socket = await two.OpenSocketAsync();
        await socket.SubscribeAsync("*", 0);

        await one.CreateAsync("host", "of one");
        var own = await two.CreateAsync("host", "of two");
        Assert.Equal(Event("create", own, 0), await socket.NextAsync());
    }

    [Fact]
    public async Task When_the_client_closes_everything_of_the_socket_is_freed()
    {
        using var client = await SmcClient.LoginAsync(server);
        var before = server.Hub.ClientSessions.Count();
        using var socket = await client.OpenSocketAsync();
        await socket.SubscribeAsync("*", 0);
        Assert.Equal(before + 1, server.Hub.ClientSessions.Count());

        await socket.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.Socket.CloseStatus);
        await Eventually.TrueAsync(() => server.Hub.ClientSessions.Count() <= before, "The socket's session was not ended.");
    }

    [Fact]
    public async Task Nothing_but_text_frames_is_ever_sent_and_no_extension_is_taken()
    {
        using var client = await SmcClient.LoginAsync(server);
        using var raw = await RawSocket.OpenAsync(server.Address, client.Cookies.GetAllCookies()["JSESSIONID"]!.Value);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", raw.Response, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", raw.Response);

        await raw.SendAsync("""{"context":"network"}""");
        Assert.Equal((0x81, """{"success":"Subscribed for notifications","context":"network","subscription_id":0}"""), await raw.NextAsync());
        for (var i = 0; i < 5; i++)
        {
            var href = await client.CreateAsync("network", $"n{i}");
            Assert.Equal((0x81, Event("create", href, 0)), await raw.NextAsync());
            await client.Http.DeleteAsync(href);
            Assert.Equal((0x81, Event("delete", href, 0)), await raw.NextAsync());
        }
    }

    private static string Event(string type, string href, int id) =>
        $$"""{"event":{"type":"{{type}}","element":"{{href}}"},"subscription_id":{{id}}}""";
}
