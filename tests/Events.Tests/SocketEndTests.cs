using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Cluster.Tests.Processes;
using Tidings.Silo.ConnectionEvents;

namespace Tidings.Events.Tests;

/// <summary>How sessions that live in one connection end, as their events tell it.</summary>
public sealed class SocketEndTests
{
    private const string Make = "<D:mkcol xmlns:D=\"DAV:\" xmlns:p=\"urn:x-personium:xmlns\"><D:set><D:prop><D:resourcetype><D:collection/><p:stream/></D:resourcetype></D:prop></D:set></D:mkcol>";
    private const string Declare = "<D:propertyupdate xmlns:D=\"DAV:\" xmlns:p=\"urn:x-personium:xmlns\"><D:set><D:prop><p:topics><p:topic>t</p:topic></p:topics></D:prop></D:set></D:propertyupdate>";

    private readonly ConcurrentQueue<SessionEvent> _events = new();

    [Fact]
    public async Task A_topics_listener_that_answers_no_ping_has_expired()
    {
        await using var server = await StartAsync(("Tidings:Personium:PingEvery", "00:00:00.300"), ("Tidings:Personium:WritePatience", "00:00:01"));
        using var socket = await ListenAsync(server); // which answers pings while it reads, and does not read
        await EndsAsync(("personium", "expired"));
    }

    [Fact]
    public async Task A_topics_listener_that_leaves_has_closed()
    {
        await using var server = await StartAsync();
        using var socket = await ListenAsync(server);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        await EndsAsync(("personium", "closed"));
    }

    [Fact]
    public async Task Connections_of_a_server_that_stops_have_been_stopped()
    {
        await using var server = await StartAsync(("Tidings:Smc:Keys:0:Key", "key"), ("Tidings:Smc:Keys:0:User", "ann"), ("Tidings:Personium:WritePatience", "00:00:01"), ("Tidings:Smc:WritePatience", "00:00:01"));
        using var topic = await ListenAsync(server);
        using var notifications = await NotifiedAsync(server);
        using var request = RequestOf(HttpMethod.Get, "/channels/news");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var stream = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await server.StopAsync();

        await EndsAsync(("personium", "stopped"), ("smc", "stopped"), ("sse", "stopped"));
    }

    private Task<EventServer> StartAsync(params (string Key, string Value)[] settings) => EventServer.StartAsync(
        builder => builder.Services.AddSingleton<IConnectionEventProducer>(new Bus(_events)),
        [("Tidings:ConnectionEvents:Producer", "bus"), .. settings]);

    /// <summary>Waits until sessions have ended; each once.</summary>
    private async Task EndsAsync(params (string Source, string Reason)[] expected)
    {
        (string Source, string Reason)[] ended = [];
        await Eventually.TrueAsync(
            () => (ended = [.. _events.Where(static happened => DataOf(happened)["reason"] is not null)
                .Select(static happened => (happened.Event.Source["tidings-".Length..], (string)DataOf(happened)["reason"]!)).Order()]).Length >= expected.Length,
            () => $"{expected.Length} ends; came {string.Join(", ", ended)}");
        Assert.Equal(expected, ended);
    }

    private static JsonNode DataOf(SessionEvent happened) => JsonNode.Parse(happened.Event.Data.Span)!;

    private static async Task<ClientWebSocket> ListenAsync(EventServer server)
    {
        await SendAsync(server, "MKCOL", "/default/box1/col", Make);
        await SendAsync(server, "PROPPATCH", "/default/box1/col", Declare);
        using var form = new FormUrlEncodedContent([new("grant_type", "password"), new("username", "admin"), new("password", "correct horse")]);
        using var granted = await server.Http.PostAsync("/default/__token", form);
        var token = (string)JsonNode.Parse(await granted.Content.ReadAsStringAsync())!["access_token"]!;

        var socket = await OpenAsync(server, "/default/__topic/box1/col.topic.t", null);
        await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"AccessToken":"{{token}}"}"""), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Contains("Success", await NextAsync(socket));
        return socket;
    }

    private static async Task<ClientWebSocket> NotifiedAsync(EventServer server)
    {
        using var body = new StringContent("""{"authenticationkey":"key"}""", Encoding.UTF8, "application/json");
        using var login = await server.Http.PostAsync("/7.2/login", body);
        login.EnsureSuccessStatusCode();
        return await OpenAsync(server, "/7.2/notification/socket", login.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    private static async Task<ClientWebSocket> OpenAsync(EventServer server, string path, string? cookie)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var socket = new ClientWebSocket();
        if (cookie is not null)
        {
            socket.Options.SetRequestHeader("Cookie", cookie);
        }

        await socket.ConnectAsync(new Uri($"ws://{server.Http.BaseAddress!.Authority}{path}"), patience.Token);
        return socket;
    }

    private static async Task<string> NextAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[4096];
        var part = await socket.ReceiveAsync(buffer, patience.Token);
        return Encoding.UTF8.GetString(buffer, 0, part.Count);
    }

    private static async Task SendAsync(EventServer server, string method, string path, string body)
    {
        using var request = RequestOf(new HttpMethod(method), path);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        using var response = await server.Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    private static HttpRequestMessage RequestOf(HttpMethod method, string path) =>
        new(method, path) { Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("admin:correct horse"u8)) } };

    private sealed class Bus(ConcurrentQueue<SessionEvent> taken) : IConnectionEventProducer
    {
        public string Name => "bus";

        public Task ProduceAsync(SessionEvent happened, CancellationToken cancellationToken)
        {
            taken.Enqueue(happened);
            return Task.CompletedTask;
        }
    }
}
