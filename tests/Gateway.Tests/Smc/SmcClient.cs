using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>An SMC client: logs in, changes elements, opens sockets with its cookie.</summary>
internal sealed class SmcClient : IDisposable
{
    private readonly Uri _address;

    private SmcClient(SmcServer server)
    {
        _address = server.Address;
        Http = new HttpClient(new HttpClientHandler { CookieContainer = Cookies }) { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(20) };
    }

    public CookieContainer Cookies { get; } = new();

    public HttpClient Http { get; }

    public static SmcClient Stranger(SmcServer server) => new(server);

    public static async Task<SmcClient> LoginAsync(SmcServer server, string key = "key-one", string domain = "Shared Domain", string version = "7.2.1")
    {
        var client = new SmcClient(server);
        using var response = await client.PostAsync(
            $"/{version}/login", new JsonObject { ["domain"] = domain, ["authenticationkey"] = key }.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return client;
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Http.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public Task<HttpResponseMessage> PutAsync(string path, string json = "") =>
        Http.PutAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>Makes an element; gives its absolute href.</summary>
    public async Task<string> CreateAsync(string type, string name, string version = "7.2.1")
    {
        using var response = await PostAsync($"/{version}/elements/{type}", new JsonObject { ["name"] = name }.ToJsonString());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return response.Headers.Location!.ToString();
    }

    public async Task<SmcSocketClient> OpenSocketAsync(string version = "7.2.1")
    {
        var socket = new ClientWebSocket();
        socket.Options.Cookies = Cookies;
        socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        return await SmcSocketClient.OpenAsync(socket, SocketUri(version));
    }

    public Uri SocketUri(string version = "7.2.1") => new UriBuilder(_address) { Scheme = "ws", Path = $"/{version}/notification/socket" }.Uri;

    public void Dispose() => Http.Dispose();
}

/// <summary>A notification socket.</summary>
internal sealed class SmcSocketClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly byte[] _buffer = new byte[64 * 1024];

    private SmcSocketClient(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    public static async Task<SmcSocketClient> OpenAsync(ClientWebSocket socket, Uri address)
    {
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(address, patience.Token);
        return new SmcSocketClient(socket);
    }

    public async Task SendAsync(string text, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        using var patience = new CancellationTokenSource(Patience);
        await Socket.SendAsync(Encoding.UTF8.GetBytes(text), type, true, patience.Token);
    }

    /// <summary>Sends a request and gives the answer.</summary>
    public async Task<string> AskAsync(string request)
    {
        await SendAsync(request);
        return await NextAsync($"an answer to {request}");
    }

    public async Task SubscribeAsync(string context, int id) => Assert.Equal(
        $$"""{"success":"Subscribed for notifications","context":"{{context}}","subscription_id":{{id}}}""",
        await AskAsync($$"""{"context":"{{context}}"}"""));

    /// <summary>The next frame, as it is.</summary>
    public async Task<string> NextAsync(string missing = "a frame")
    {
        var part = await ReceiveAsync(missing);
        Assert.Equal(WebSocketMessageType.Text, part.MessageType);
        return Encoding.UTF8.GetString(_buffer, 0, part.Count);
    }

    /// <summary>The close code, when the server closes.</summary>
    public async Task<WebSocketCloseStatus?> ClosedAsync()
    {
        while ((await ReceiveAsync("the server's close")).MessageType != WebSocketMessageType.Close)
        {
        }

        return Socket.CloseStatus;
    }

    public void Dispose() => Socket.Dispose();

    private async Task<WebSocketReceiveResult> ReceiveAsync(string missing)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var part = await Socket.ReceiveAsync(_buffer, patience.Token);
            Assert.True(part.EndOfMessage);
            return part;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Missing: {missing}.");
        }
    }
}
