using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Server;

/// <summary>Who gets past the doors of a whole server, and what hostile heads and slow senders meet.</summary>
public sealed class DoorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    public async Task A_forwarded_request_needs_credentials(string header)
    {
        await using var server = await OwnServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/a") { Headers = { { header, "1.1 localhost" } } };

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.SendAsync(request)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/channels/a")).StatusCode);
    }

    [Theory]
    [InlineData("/channels/a")]
    [InlineData("/cometd")]
    public async Task Outside_development_credentials_are_needed(string path)
    {
        await using var server = await OwnServer.StartAsync("Production", null);

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/live")).StatusCode);
    }

    [Fact]
    public async Task A_server_with_log_ins_lets_nobody_in_who_has_not_logged_in()
    {
        await using var server = await OwnServer.StartAsync("Production", null, ("Tidings:BootstrapAdmin:Password", "p"), ("Tidings:Roles:anonymous:Subscribe:0", "/**"));
        const string Handshake = """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]""";

        using var read = await server.Http.GetAsync("/channels/a");
        using var handshake = await server.Http.PostAsync("/cometd", new StringContent(Handshake));

        Assert.Equal(HttpStatusCode.Unauthorized, read.StatusCode);
        Assert.Contains(read.Headers.WwwAuthenticate, static challenge => challenge.Scheme == "Basic");
        Assert.Contains("403::handshake_denied", await handshake.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "192.0.2.7")]
    [InlineData("10.0.0.0/8", "127.0.0.1")]
    public async Task Forwarded_addresses_are_believed_of_configured_proxies_only(string proxies, string seen)
    {
        var audit = new Witness();
        await using var server = await OwnServer.StartAsync(
            "Production", builder => builder.Services.AddSingleton<IAudit>(audit), ("Tidings:Proxies:0", proxies));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/a") { Headers = { { "X-Forwarded-For", "192.0.2.7" } } };

        await server.Http.SendAsync(request);

        Assert.Equal(IPAddress.Parse(seen), Assert.Single(audit.Refusals));
    }

    [Fact]
    public async Task A_socket_from_a_foreign_page_is_refused()
    {
        await using var server = await OwnServer.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://evil.example");
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = "/cometd" }.Uri, CancellationToken.None));

        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Only_listed_origins_may_send_credentials()
    {
        await using var server = await OwnServer.StartAsync(("Tidings:AllowedOrigins:0", "https://app.example"));

        var listed = await PreflightAsync(server, "https://app.example");
        Assert.Equal("https://app.example", listed.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("true", listed.Headers.GetValues("Access-Control-Allow-Credentials").Single());
        var foreign = await PreflightAsync(server, "https://app.example.evil");
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
        var local = await PreflightAsync(server, "http://localhost:3000");
        Assert.False(local.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("authorization,content-type", true)]
    [InlineData("x-api-key,idempotency-key", true)]
    [InlineData("x-id", true)]
    [InlineData("x-forwarded-for", false)]
    public async Task Pages_of_listed_origins_may_send_the_headers_that_something_here_reads(string headers, bool may)
    {
        await using var server = await OwnServer.StartAsync(("Tidings:AllowedOrigins:0", "https://app.example"));

        using var preflight = await PreflightAsync(server, "https://app.example", headers);

        var allowed = preflight.Headers.TryGetValues("Access-Control-Allow-Headers", out var values) ? string.Join(',', values).Split(',') : [];
        Assert.Equal(may, headers.Split(',').All(header => allowed.Contains(header, StringComparer.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Heads_that_are_too_large_or_malformed_are_refused()
    {
        await using var server = await OwnServer.StartAsync();

        Assert.StartsWith("HTTP/1.1 431", await SayAsync(server, $"GET / HTTP/1.1\r\nHost: localhost\r\nX: {new string('x', 64 * 1024)}\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431", await SayAsync(server, $"GET / HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 500).Select(i => $"X{i}: 1\r\n"))}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await SayAsync(server, "GET / HTTP/1.1\r\nHost: localhost\r\nX : 1\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await SayAsync(server, "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await SayAsync(server, "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/live")).StatusCode);
    }

    [Theory]
    [InlineData("cb%0d%0aSet-Cookie:%20a=b")]
    [InlineData("cb%3Balert(1)")]
    [InlineData("%3Cscript%3E")]
    public async Task A_callback_name_injects_neither_headers_nor_script(string callback)
    {
        await using var server = await OwnServer.StartAsync();

        using var answer = await server.Http.GetAsync($"/cometd?jsonp={callback}&message=[]");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.DoesNotContain("script", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_a_head_byte_by_byte_is_cut()
    {
        await using var server = await OwnServer.StartAsync(("Tidings:RequestHeadPatience", "00:00:01"));

        Assert.StartsWith("HTTP/1.1 408", await SayAsync(server, "GET / HTTP/1.1\r\nHost: loc"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_a_body_byte_by_byte_is_cut()
    {
        await using var server = await OwnServer.StartAsync(("Tidings:BodyBytesPerSecond", "100000"));

        var answer = await SayAsync(server, "POST /channels/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n\"");

        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task The_doors_are_passed_once_with_the_demo_page_before_them()
    {
        var presence = new CountedPresence();
        await using var server = await OwnServer.StartWithDemoPageAsync(builder => builder.Services.AddSingleton<IAuthenticationPresence>(presence));
        presence.Asked = 0;

        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/channels/a")).StatusCode);

        Assert.Equal(1, presence.Asked);
    }

    private static Task<HttpResponseMessage> PreflightAsync(OwnServer server, string origin, string headers = "content-type") => server.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Options, "/cometd")
        {
            Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", headers } },
        });

    /// <summary>What a server answers to bytes, until it closes the connection or has said something.</summary>
    private static async Task<string> SayAsync(OwnServer server, string bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, patience.Token);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(bytes), patience.Token);
        var answer = new byte[4096];
        try
        {
            return Encoding.ASCII.GetString(answer, 0, await socket.GetStream().ReadAsync(answer, patience.Token));
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Only the guard of origins asks it for a request that needs no credentials.</summary>
    private sealed class CountedPresence : IAuthenticationPresence
    {
        public int Asked { get; set; }

        public bool IsConfigured
        {
            get
            {
                Asked++;
                return false;
            }
        }

        public ValueTask<bool> LookAsync() => ValueTask.FromResult(false);
    }

    private sealed class Witness : IAudit
    {
        public List<IPAddress?> Refusals { get; } = [];

        public void LoggedIn(string tenant, string user, string method, IPAddress? address)
        {
        }

        public void LoginFailed(string account, string method, string reason, IPAddress? address)
        {
        }

        public void Refused(string? tenant, string? user, string action, string? target, string reason, IPAddress? address) => Refusals.Add(address);

        public void Changed(string tenant, string user, string action, string target, IPAddress? address, string? of = null)
        {
        }
    }
}
