using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Personium;

/// <summary>Personium through several gateways and silos, with publishers of other protocols.</summary>
public sealed class PersoniumClusterTests : IAsyncLifetime
{
    const string Password = "first-password";
    const string Names = "xmlns:D=\"DAV:\" xmlns:p=\"urn:x-personium:xmlns\"";

    readonly LocalCluster _cluster = new([$"--Tidings:BootstrapAdmin:Password={Password}"]);

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_bayeux_publish_at_one_gateway_reaches_a_topics_socket_at_another()
    {
        using var one = ClientOf(0);
        await MakeAsync(one);
        using var socket = await ListenAsync(1);

        var handshake = await BayeuxAsync(one, """{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}""");
        var published = await BayeuxAsync(
            one, $$$"""{"channel":"/personium/box1/c/topic/t1","clientId":"{{{(string)handshake["clientId"]!}}}","data":{"hello":1}}""");
        Assert.True((bool)published["successful"]!, published.ToJsonString());

        Assert.Equal("""{"hello":1}""", (await NextAsync(socket))["Body"]!.ToJsonString());
    }

    [Fact]
    public async Task Collections_tokens_and_queues_outlive_the_crash_of_a_silo()
    {
        using var one = ClientOf(0);
        using var two = ClientOf(1);
        await MakeAsync(one);
        var token = await TokenAsync(two);
        for (var number = 0; number < 3; number++)
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(one, "POST", "/default/box1/c/queue/q1", $$"""{"n":{{number}}}"""));
        Assert.Equal("""[{"n":0}]""", await two.GetStringAsync("/default/box1/c/queue/q1"));

        await _cluster.Silos[0].Process.KillAsync();

        two.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var read = new List<string>();
        await Eventually.TrueAsync(async () => (await ReadAsync(two, read)).Count >= 2, () => $"two more messages; came {string.Join(", ", read)}");
        Assert.Equal(["""[{"n":1}]""", """[{"n":2}]"""], read);
    }

    HttpClient ClientOf(int gateway) => new()
    {
        BaseAddress = _cluster.Gateways[gateway].Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{Password}"))) },
    };

    static async Task MakeAsync(HttpClient client)
    {
        Assert.Equal(HttpStatusCode.Created, await StatusAsync(
            client, "MKCOL", "/default/box1/c", $"<D:mkcol {Names}><D:set><D:prop><D:resourcetype><D:collection/><p:stream/></D:resourcetype></D:prop></D:set></D:mkcol>"));
        Assert.Equal(HttpStatusCode.MultiStatus, await StatusAsync(
            client, "PROPPATCH", "/default/box1/c",
            $"<D:propertyupdate {Names}><D:set><D:prop><p:queues><p:queue>q1</p:queue></p:queues><p:topics><p:topic>t1</p:topic></p:topics></D:prop></D:set></D:propertyupdate>"));
    }

    async Task<ClientWebSocket> ListenAsync(int gateway)
    {
        using var client = ClientOf(gateway);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(_cluster.Gateways[gateway].Address) { Scheme = "ws", Path = "/default/__topic/box1/c.topic.t1" }.Uri, patience.Token);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(new JsonObject { ["AccessToken"] = await TokenAsync(client) }.ToJsonString()), WebSocketMessageType.Text, true, patience.Token);
        Assert.Equal("Success", (string?)(await NextAsync(socket))["Result"]);
        return socket;
    }

    static async Task<JsonNode> NextAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[4096];
        var part = await socket.ReceiveAsync(buffer, patience.Token);
        return JsonNode.Parse(buffer.AsSpan(0, part.Count))!;
    }

    static async Task<string> TokenAsync(HttpClient client)
    {
        using var form = new FormUrlEncodedContent([new("grant_type", "password"), new("username", "admin"), new("password", Password)]);
        using var response = await client.PostAsync("/default/__token", form);
        response.EnsureSuccessStatusCode();
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["access_token"]!;
    }

    static async Task<JsonNode> BayeuxAsync(HttpClient client, string message)
    {
        using var body = new StringContent($"[{message}]", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/cometd", body);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray()[^1]!;
    }

    static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body) };
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    static async Task<List<string>> ReadAsync(HttpClient client, List<string> read)
    {
        using var response = await client.GetAsync("/default/box1/c/queue/q1");
        if (response.IsSuccessStatusCode && await response.Content.ReadAsStringAsync() is not "[]" and var messages)
            read.Add(messages);
        return read;
    }
}
