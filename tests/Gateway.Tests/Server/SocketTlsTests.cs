using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Tidings.Tests;

namespace Tidings.Gateway.Tests.Server;

/// <summary>Notification sockets and topics' sockets over TLS of the server's own.</summary>
public sealed class SocketTlsTests : IAsyncLifetime
{
    private const string Password = "correct horse";
    private const string Names = "xmlns:D=\"DAV:\" xmlns:p=\"urn:x-personium:xmlns\"";
    private const int Burst = 100;

    private readonly TestAuthority _authority = new();
    private readonly CookieContainer _cookies = new();
    private WebApplication? _app;
    private HttpClient? _http;

    public async Task InitializeAsync()
    {
        _authority.WritePem("localhost", "server.pem");
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("https://127.0.0.1:0");
        builder.Configuration["Tidings:Tls:Certificate"] = _authority.PathTo("server.pem");
        builder.Configuration["Tidings:Users:ann:Password"] = Password;
        builder.Configuration["Tidings:Users:ann:Roles:0"] = "admin";
        builder.Configuration["Tidings:Smc:Keys:0:Key"] = "secret";
        builder.Configuration["Tidings:Smc:Keys:0:User"] = "ann";
        builder.AddTidings();
        _app = builder.Build();
        _app.MapTidings();
        await _app.StartAsync();
        _http = new HttpClient(new HttpClientHandler { CookieContainer = _cookies, ServerCertificateCustomValidationCallback = (_, shown, _, _) => IsOurs(shown) })
        {
            BaseAddress = new UriBuilder(_app.Urls.First()) { Host = "localhost" }.Uri,
        };
    }

    public async Task DisposeAsync()
    {
        _http!.Dispose();
        await _app!.DisposeAsync();
        _authority.Dispose();
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_notification_socket_tells_a_burst_without_further_traffic_and_hrefs_are_https(string http) // 26, 32
    {
        using var login = await _http!.PostAsync("/7.2/login", Json("""{"authenticationkey":"secret"}"""));
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        using var socket = await ConnectAsync("/7.2/notification/socket", http);
        await SendAsync(socket, """{"context":"host"}""");
        Assert.NotNull((await NextAsync(socket))["success"]);

        var lines = string.Join('\n', Enumerable.Range(0, Burst).Select(static n => $$"""{"type":"update","n":{{n}}}"""));
        using var request = Authorized(HttpMethod.Post, "/channels/elements/host/h1", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"));
        using var published = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        for (var n = 0; n < Burst; n++)
        {
            var happened = (await NextAsync(socket))["event"]!;
            Assert.Equal(n, (int)happened["n"]!);
            Assert.Equal($"{_http.BaseAddress}7.2/elements/host/h1", (string?)happened["element"]);
        }
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_topics_socket_names_the_cell_by_https(string http)
    {
        await ManageAsync("MKCOL", $"<D:mkcol {Names}><D:set><D:prop><D:resourcetype><D:collection/><p:stream/></D:resourcetype></D:prop></D:set></D:mkcol>");
        await ManageAsync(
            "PROPPATCH", $"<D:propertyupdate {Names}><D:set><D:prop><p:topics><p:topic>t1</p:topic></p:topics></D:prop></D:set></D:propertyupdate>");
        using var form = new FormUrlEncodedContent([new("grant_type", "password"), new("username", "ann"), new("password", Password)]);
        using var granted = await _http!.PostAsync("/default/__token", form);
        var token = (string)JsonNode.Parse(await granted.Content.ReadAsStringAsync())!["access_token"]!;

        using var socket = await ConnectAsync("/default/__topic/box1/c.topic.t1", http);
        await SendAsync(socket, new JsonObject { ["AccessToken"] = token }.ToJsonString());
        Assert.Equal("Success", (string?)(await NextAsync(socket))["Result"]);
        using var sent = await _http.SendAsync(Authorized(HttpMethod.Post, "/default/box1/c/topic/t1", new StringContent("""{"n":1}""")));
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);

        var message = await NextAsync(socket);
        Assert.Equal($"{_http.BaseAddress}default/", (string?)message["From"]);
        Assert.Equal(1, (int)message["Body"]!["n"]!);
    }

    [Theory]
    [InlineData("/cometd", "1.1")]
    [InlineData("/cometd", "2.0")]
    [InlineData("/notification/realtime", "1.1")]
    [InlineData("/notification/realtime", "2.0")]
    public async Task A_Bayeux_socket_opens_whatever_the_HTTP_below_it(string path, string http)
    {
        using var socket = await ConnectAsync(path, http, "ann");
        await SendAsync(socket, """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["websocket"]}]""");
        Assert.True((bool)(await NextAsync(socket))[0]!["successful"]!);
    }

    private async Task ManageAsync(string method, string xml)
    {
        using var response = await _http!.SendAsync(Authorized(new HttpMethod(method), "/default/box1/c", new StringContent(xml)));
        Assert.True(response.IsSuccessStatusCode, $"{method}: {response.StatusCode}");
    }

    private static HttpRequestMessage Authorized(HttpMethod method, string path, HttpContent content) => new(method, path)
    {
        Content = content,
        Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"ann:{Password}"))) },
    };

    /// <summary>Opens a socket as browsers do: over HTTP/2 (RFC 8441) where they have a connection of that already.</summary>
    private async Task<ClientWebSocket> ConnectAsync(string path, string http, string? user = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = new Version(http);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        if (user is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Password}"))}");
        }

        var handler = new SocketsHttpHandler { CookieContainer = _cookies };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is X509Certificate2 certificate && IsOurs(certificate);
        await socket.ConnectAsync(new UriBuilder(_http!.BaseAddress!) { Scheme = "wss", Path = path }.Uri, new HttpMessageInvoker(handler), patience.Token);
        return socket;
    }

    private bool IsOurs(X509Certificate2? shown)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(_authority.Root);
        return shown is not null && chain.Build(shown);
    }

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    private static async Task<JsonNode> NextAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[16 * 1024];
        var part = await socket.ReceiveAsync(buffer, patience.Token);
        Assert.True(part.EndOfMessage);
        return JsonNode.Parse(buffer.AsSpan(0, part.Count))!;
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
