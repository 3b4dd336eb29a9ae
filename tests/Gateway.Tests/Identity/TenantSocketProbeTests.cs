using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>One tenant's sockets and endpoints tell nothing of another's.</summary>
public sealed class TenantSocketProbeTests : IAsyncLifetime
{
    private static readonly AuthenticationHeaderValue Red = SecuredServer.Basic("red/alice");
    private static readonly AuthenticationHeaderValue Blue = SecuredServer.Basic("blue/alice");
    private SecuredServer _server = null!;

    public async Task InitializeAsync() => _server = await SecuredServer.StartAsync(
        null,
        ("Users:blue/alice:Password", SecuredServer.Password),
        ("Users:blue/alice:Roles:0", "admin"),
        ("Smc:Domains:Red", "red"),
        ("Smc:Domains:Blue", "blue"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_bayeux_socket()
    {
        using var socket = await SecuredSocket.OpenAsync(_server, Blue);
        await socket.SendAsync($"[{SecuredServer.Handshake()}]");
        var client = (string)(await socket.NextAsync("/meta/handshake"))["clientId"]!;
        await socket.SendAsync($"[{SecuredServer.Subscribe(client, "/**")}]");
        Assert.True((bool)(await socket.NextAsync("/meta/subscribe"))["successful"]!);
        await socket.SendAsync($"[{SecuredServer.Connect(client)}]");
        await socket.NextAsync("/meta/connect");
        await socket.SendAsync($"[{SecuredServer.Connect(client)}]");

        await PublishAsync(Red, "\"of red\"");
        await PublishAsync(Blue, "\"of blue\"");

        Assert.Equal("of blue", (string?)(await socket.NextAsync("/news/a"))["data"]);
    }

    [Theory]
    [InlineData("/cep/realtime")]
    [InlineData("/notification/realtime")]
    [InlineData("/notification/operations")]
    [InlineData("/devicecontrol/notifications")]
    [InlineData("/cep/notifications")]
    [InlineData("/cep/customnotifications")]
    public async Task A_session_of_cumulocity_s_endpoints(string endpoint)
    {
        var client = await SessionAsync(endpoint, Red);
        string[] probes =
        [
            SecuredServer.Connect(client),
            SecuredServer.Subscribe(client, "/a/b"),
            SecuredServer.Subscribe(client, "/a/b").Replace("/meta/subscribe", "/meta/unsubscribe", StringComparison.Ordinal),
            $$"""{"channel":"/meta/disconnect","clientId":"{{client}}"}""",
        ];

        foreach (var probe in probes)
        {
            Assert.Contains("\"402::Unknown client\"", await PostAsync(endpoint, probe, Blue), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("402", await PostAsync(endpoint, SecuredServer.Connect(client), Red), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_of_smc()
    {
        var (red, blue) = (new CookieContainer(), new CookieContainer());
        using var ofRed = await SmcAsync("Red", red);
        using var ofBlue = await SmcAsync("Blue", blue);
        using var socket = new ClientWebSocket { Options = { Cookies = blue } };
        await socket.ConnectAsync(new UriBuilder(_server.Address) { Scheme = "ws", Path = "/7.2/notification/socket" }.Uri, CancellationToken.None);
        await socket.SendAsync("""{"context":"*"}"""u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Contains("Subscribed", await NextAsync(socket), StringComparison.Ordinal);

        await CreateAsync(ofRed);
        await CreateAsync(ofRed);
        await CreateAsync(ofBlue);

        Assert.Contains("\"create\"", await NextAsync(socket), StringComparison.Ordinal);
        await socket.SendAsync("""{"context":"host"}"""u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Contains("Subscribed", await NextAsync(socket), StringComparison.Ordinal);
    }

    private async Task PublishAsync(AuthenticationHeaderValue caller, string json)
    {
        using var published = await _server.SendAsync(HttpMethod.Post, "/channels/news/a", caller, json);
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
    }

    private async Task<string> SessionAsync(string endpoint, AuthenticationHeaderValue caller)
    {
        var reply = JsonNode.Parse(await PostAsync(endpoint, SecuredServer.Handshake(), caller))!.AsArray()[0]!;
        return (string)reply["clientId"]!;
    }

    private async Task<string> PostAsync(string endpoint, string message, AuthenticationHeaderValue caller)
    {
        using var response = await _server.SendAsync(HttpMethod.Post, endpoint, caller, $"[{message}]");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<HttpClient> SmcAsync(string domain, CookieContainer cookies)
    {
        var client = new HttpClient(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = _server.Address };
        using var body = Json("{}");
        using var login = await client.PostAsync($"/7.2/lms_login?login=alice&pwd={Uri.EscapeDataString(SecuredServer.Password)}&domain={domain}", body);
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        return client;
    }

    private static async Task CreateAsync(HttpClient client)
    {
        using var body = Json("""{"name":"h"}""");
        using var response = await client.PostAsync("/7.2/elements/host", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private static async Task<string> NextAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        var buffer = new byte[4096];
        var part = await socket.ReceiveAsync(buffer, patience.Token);
        return Encoding.UTF8.GetString(buffer, 0, part.Count);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
