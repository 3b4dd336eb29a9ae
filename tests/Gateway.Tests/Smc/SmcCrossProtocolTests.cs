using System.Net;
using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Text;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>What is published through one protocol reaches the subscribers of others.</summary>
public sealed class SmcCrossProtocolTests : IAsyncLifetime
{
    private readonly SmcServer _server = new();

    public Task InitializeAsync() => _server.StartAsync(builder =>
    {
        // The tenant of callers without credentials, so that other front ends meet it.
        builder.Configuration["Tidings:Smc:Keys:0:Tenant"] = "default";
    });

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_elements_change_reaches_readers_of_its_channel()
    {
        using var client = await SmcClient.LoginAsync(_server);
        var href = await client.CreateAsync("host", "h");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels" + new Uri(href).AbsolutePath["/7.2.1".Length..]);
        request.Headers.Add("Accept", "text/event-stream");
        request.Headers.Add("Last-Event-ID", "0");
        using var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));

        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(patience.Token)).EnumerateAsync(patience.Token))
        {
            if (item.EventType == "message")
            {
                Assert.Equal("""{"type":"create"}""", item.Data);
                return;
            }
        }

        Assert.Fail("The stream ended without the change.");
    }

    [Fact]
    public async Task An_event_of_a_service_with_its_own_elements_reaches_sockets()
    {
        using var client = await SmcClient.LoginAsync(_server);
        using var socket = await client.OpenSocketAsync();
        await socket.SubscribeAsync("*", 0);
        await socket.SubscribeAsync("router", 1);

        await PublishAsync(client, "/elements/router/r-77", """{"type":"validated","element":"elsewhere","by":"audit"}""");
        foreach (var id in new[] { 0, 1 })
        {
            Assert.Equal(
                $$"""{"event":{"type":"validated","by":"audit","element":"{{_server.Address}}7.2.1/elements/router/r-77"},"subscription_id":{{id}}}""",
                await socket.NextAsync());
        }
    }

    [Fact]
    public async Task A_body_that_is_no_event_is_an_update_and_a_channel_that_is_no_element_is_passed_over()
    {
        using var client = await SmcClient.LoginAsync(_server);
        using var socket = await client.OpenSocketAsync();
        await socket.SubscribeAsync("*", 0);

        await PublishAsync(client, "/elements/router/one/more", """{"type":"create"}""");
        await PublishAsync(client, "/elements/router/r-78", "[1]");
        Assert.Equal(
            $$"""{"event":{"type":"update","content":[1],"element":"{{_server.Address}}7.2.1/elements/router/r-78"},"subscription_id":0}""",
            await socket.NextAsync());

        using var text = new StringContent("maintenance, rack 7");
        Assert.Equal(HttpStatusCode.OK, (await client.Http.PostAsync("/channels/elements/router/r-78", text)).StatusCode);
        Assert.Equal(
            $$"""{"event":{"type":"update","content":"maintenance, rack 7","element":"{{_server.Address}}7.2.1/elements/router/r-78"},"subscription_id":0}""",
            await socket.NextAsync());
    }

    [Fact]
    public async Task A_thousand_events_in_a_burst_come_once_and_in_order()
    {
        using var client = await SmcClient.LoginAsync(_server);
        using var socket = await client.OpenSocketAsync();
        await socket.SubscribeAsync("group", 0);
        var lines = string.Join('\n', Enumerable.Range(0, 1000).Select(n => $$"""{"type":"update","n":{{n}}}"""));
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        (await client.Http.PostAsync("/channels/elements/group/g", content)).EnsureSuccessStatusCode();

        for (var n = 0; n < 1000; n++)
        {
            Assert.Contains($"\"n\":{n},", await socket.NextAsync($"event {n}"));
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_and_others_go_on()
    {
        using var client = await SmcClient.LoginAsync(_server);
        using var slow = await client.OpenSocketAsync();
        using var quick = await client.OpenSocketAsync();
        await slow.SubscribeAsync("network", 0);
        await quick.SubscribeAsync("network", 0);
        var before = _server.Hub.ClientSessions.Count();

        var filler = new string('x', 60_000);
        for (var n = 0; n < 400; n++)
        {
            await PublishAsync(client, "/elements/network/n", $$"""{"type":"update","n":{{n}},"filler":"{{filler}}"}""");
            Assert.Contains($"\"n\":{n},", await quick.NextAsync($"event {n}"));
        }

        await Eventually.TrueAsync(() => _server.Hub.ClientSessions.Count() == before - 1, "The socket that did not read was not cut.");
        Assert.Equal(WebSocketState.Open, quick.Socket.State);
    }

    private static async Task PublishAsync(SmcClient client, string channel, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await client.Http.PostAsync("/channels" + channel, content)).StatusCode);
    }
}
