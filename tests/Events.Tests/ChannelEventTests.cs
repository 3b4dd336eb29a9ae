using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Events.Tests;

/// <summary>What <c>events</c> publishes to <c>/event/{tenant}</c>.</summary>
public sealed class ChannelEventTests : IAsyncLifetime
{
    private EventServer _server = null!;

    public async Task InitializeAsync() => _server = await EventServer.StartAsync(("Tidings:ConnectionEvents:Producer", "events"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_session_is_one_connected_and_one_disconnected() // 8-11, 13, 14
    {
        var client = (await _server.OpenAsync("alice"))!;
        await _server.CloseAsync("alice", client);
        var events = await _server.EventsAsync(2);

        Assert.Equal(["cause", "remote-id", "source", "data"], events[0]!.AsObject().Select(static member => member.Key));
        Assert.Equal("connected", (string?)events[0]!["cause"]);
        Assert.Equal("disconnected", (string?)events[1]!["cause"]);
        Assert.All(events, static happened => Assert.Equal("127.0.0.1", (string?)happened!["remote-id"]));
        Assert.All(events, static happened => Assert.Equal("tidings-bayeux", (string?)happened!["source"]));
        Assert.All(events, static happened => Assert.Equal("alice", (string?)happened!["data"]!["device_id"]));
        Assert.All(events, happened => Assert.Equal(SessionId.PublicOf(client), (string?)happened!["data"]!["session"]));
        Assert.Equal((long)events[0]!["data"]!["number"]!, (long)events[1]!["data"]!["number"]!);
        Assert.Equal("closed", (string?)events[1]!["data"]!["reason"]);
    }

    [Fact]
    public async Task A_late_disconnected_is_told_by_its_lower_number() // 36
    {
        var old = (await _server.OpenAsync("alice"))!;
        await _server.OpenAsync("alice");
        await _server.CloseAsync("alice", old);
        var numbers = (await _server.EventsAsync(3)).Select(static happened => (long)happened!["data"]!["number"]!).ToArray();
        Assert.True(numbers[0] < numbers[1], $"{numbers[0]}, then {numbers[1]}");
        Assert.Equal(numbers[0], numbers[2]);
    }

    [Fact]
    public async Task Unauthenticated_clients_and_plain_requests_are_no_events() // 18, 23
    {
        Assert.NotNull(await _server.OpenAsync());
        using var response = await _server.Http.GetAsync("/channels/news");
        await _server.OpenAsync("alice");
        Assert.Equal("alice", (string?)Assert.Single(await _server.EventsAsync(1))!["data"]!["device_id"]);
    }

    [Fact]
    public async Task A_tenants_events_are_its_own()
    {
        await _server.OpenAsync("red/rose");
        Assert.Equal("rose", (string?)Assert.Single(await _server.EventsAsync(1, "red/rose", "red"))!["data"]!["device_id"]);
        Assert.Empty(await _server.EventsAsync());
        Assert.Empty(await _server.EventsAsync("alice", "red"));
    }

    [Fact]
    public async Task A_stream_of_another_protocol_is_reported_too()
    {
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/news")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("alice:correct horse"u8)) },
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        using (await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leaving.Token))
        {
            Assert.Equal("tidings-sse", (string?)(await _server.EventsAsync(1))[0]!["source"]);
        }

        var events = await _server.EventsAsync(2);
        Assert.Equal("disconnected", (string?)events[1]!["cause"]);
    }

    [Fact]
    public async Task A_session_whose_client_never_comes_back_has_expired() // 21
    {
        await using var server = await EventServer.StartAsync(
            ("Tidings:ConnectionEvents:Producer", "events"), ("Tidings:Bayeux:MaxInterval", "00:00:01"));
        await server.OpenAsync("alice");
        Assert.Equal("expired", (string?)(await server.EventsAsync(2))[1]!["data"]!["reason"]);
    }

    [Fact]
    public async Task Nobody_publishes_there_but_the_server()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/channels/event/default")
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("admin:correct horse"u8)) },
        };
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Subscribers_get_events_as_they_happen()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/event/default")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("alice:correct horse"u8)) },
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        await _server.OpenAsync("alice");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        JsonNode? happened = null;
        while ((string?)happened?["source"] != "tidings-bayeux")
        {
            var line = await lines.ReadLineAsync(patience.Token) ?? throw new EndOfStreamException();
            happened = line.StartsWith("data: {", StringComparison.Ordinal) ? JsonNode.Parse(line[6..]) : happened;
        }

        Assert.Equal("connected", (string?)happened["cause"]);
    }
}
