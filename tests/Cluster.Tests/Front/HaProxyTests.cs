using System.Net;
using System.Net.WebSockets;
using System.Text;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Front;

/// <summary>What the front of deploy/haproxy.cfg promises, before two stub gateways.</summary>
public sealed class HaProxyTests : IAsyncLifetime
{
    readonly HttpClient _http = new();
    StubGateway _one = null!;
    StubGateway _two = null!;
    HaProxy _front = null!;

    public async Task InitializeAsync()
    {
        _one = await StubGateway.StartAsync();
        _two = await StubGateway.StartAsync();
        _front = await HaProxy.StartAsync(_one.Address, _two.Address);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _front.DisposeAsync();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task Requests_of_one_connection_go_to_the_gateways_in_turn()
    {
        string[] servers = [await ServerOfAsync(), await ServerOfAsync(), await ServerOfAsync(), await ServerOfAsync()];
        Assert.Equal(["gateway1", "gateway2"], servers.Distinct().Order());
        Assert.Equal(servers[..2], servers[2..]);
    }

    [Fact]
    public async Task A_gateway_that_is_not_ready_gets_no_new_requests()
    {
        _one.IsReady = false;
        await Eventually.TrueAsync(
            async () => await ServerOfAsync() == "gateway2" && await ServerOfAsync() == "gateway2",
            () => "two requests in a row at gateway2");
    }

    [Fact]
    public async Task Gateways_answer_for_themselves_when_none_is_ready()
    {
        _one.IsReady = _two.IsReady = false;
        await Eventually.TrueAsync(
            async () => (await ServerOfAsync()).StartsWith("unready-", StringComparison.Ordinal),
            () => "a request at a gateway that is not ready");

        _two.IsReady = true;
        await Eventually.TrueAsync(
            async () => await ServerOfAsync() == "gateway2" && await ServerOfAsync() == "gateway2",
            () => "two requests in a row at gateway2");
    }

    [Fact]
    public async Task A_gateway_that_refuses_connections_is_passed_over_at_once()
    {
        await _one.DisposeAsync();
        for (var i = 0; i < 4; i++)
            Assert.Equal("gateway2", await ServerOfAsync());
    }

    [Fact]
    public async Task A_request_that_reached_a_gateway_is_never_sent_again()
    {
        using var answer = await _http.PostAsync(new Uri(_front.Address, "/break"), new StringContent("[]"));
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Single([.. _one.Requests, .. _two.Requests]);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_held_poll()
    {
        using var leaving = new CancellationTokenSource();
        var poll = _http.PostAsync(new Uri(_front.Address, "/hold"), new StringContent("[]"), leaving.Token);
        var limit = TimeSpan.FromSeconds(10);
        await Task.WhenAny(_one.Held, _two.Held).WaitAsync(limit);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await Task.WhenAny(_one.Left, _two.Left).WaitAsync(limit);
    }

    [Fact]
    public async Task A_gateway_learns_the_real_client_and_not_what_the_client_claims()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_front.Address, "/answer"));
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        request.Headers.Add("Forwarded", "for=203.0.113.7");
        using var answer = await _http.SendAsync(request);
        var seen = Assert.Single([.. _one.Requests, .. _two.Requests]);
        Assert.Equal("127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal("http", seen["X-Forwarded-Proto"]);
        Assert.Equal(_front.Address.Authority, seen["X-Forwarded-Host"]);
        Assert.Equal(_front.Address.Authority, seen["Host"]);
        Assert.False(seen.ContainsKey("Forwarded"));
    }

    [Fact]
    public async Task A_WebSocket_passes()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(_front.Address) { Scheme = "ws", Path = "/echo" }.Uri, limit.Token);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, limit.Token);
        var buffer = new byte[16];
        var frame = await socket.ReceiveAsync(buffer, limit.Token);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, frame.Count));
    }

    async Task<string> ServerOfAsync()
    {
        using var answer = await _http.PostAsync(new Uri(_front.Address, "/answer"), new StringContent("[]"));
        answer.EnsureSuccessStatusCode();
        return answer.Headers.GetValues("X-Served-By").Single();
    }
}
