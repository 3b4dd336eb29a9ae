using System.Net;
using System.Net.Http.Headers;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>One tenant tries every transport's operations on what is another's; both have users and channels of the same names.</summary>
public sealed class TenantProbeTests : IAsyncLifetime
{
    private const string Realtime = "/notification/realtime";
    private const string Mine = "\"mine\"";
    private static readonly AuthenticationHeaderValue Red = SecuredServer.Basic("red/alice");
    private static readonly AuthenticationHeaderValue Blue = SecuredServer.Basic("blue/alice");
    private SecuredServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await SecuredServer.StartAsync(
            null,
            [
                ("Users:blue/alice:Password", SecuredServer.Password),
                ("Users:blue/alice:Roles:0", "admin"),
                ("Smc:Domains:Red", "red"),
                ("Smc:Domains:Blue", "blue"),
            ]);
        using var published = await _server.SendAsync(HttpMethod.Post, "/channels/news/a", Red, Mine);
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_log_of_a_channel() =>
        Assert.DoesNotContain(Mine, await TextAsync(HttpMethod.Get, "/channels/news/a", Blue), StringComparison.Ordinal);

    [Fact]
    public async Task An_event_stream()
    {
        using var published = await _server.SendAsync(HttpMethod.Post, "/channels/news/a", Blue, "\"of blue\"");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/news/a") { Headers = { Authorization = Blue } };
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Add("Last-Event-ID", "0");
        using var response = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        string? line;
        do
        {
            line = await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        while (line?.StartsWith("data", StringComparison.Ordinal) == false);

        Assert.Equal("data: \"of blue\"", line);
    }

    [Theory]
    [InlineData("""{"channel":"/meta/connect","clientId":"ID","connectionType":"callback-polling"}""")]
    [InlineData("""{"channel":"/meta/subscribe","clientId":"ID","subscription":"/news/a"}""")]
    [InlineData("""{"channel":"/meta/unsubscribe","clientId":"ID","subscription":"/news/a"}""")]
    [InlineData("""{"channel":"/meta/disconnect","clientId":"ID"}""")]
    [InlineData("""{"channel":"/news/a","clientId":"ID","data":1}""")]
    [InlineData("""{"channel":"/service/a","clientId":"ID","data":1}""")]
    public async Task A_session_by_callback_polling(string message)
    {
        var client = await _server.HandshakeAsync(Red);
        var query = Uri.EscapeDataString($"[{message.Replace("ID", client, StringComparison.Ordinal)}]");

        var answer = await TextAsync(HttpMethod.Get, $"/cometd?jsonp=cb&message={query}", Blue);

        Assert.Contains("402::session_unknown", answer, StringComparison.Ordinal);
        Assert.True((bool)(await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/news/b"), Red))["successful"]!);
    }

    [Theory]
    [InlineData("81,ID,/news/a")]
    [InlineData("82,ID,/news/a")]
    [InlineData("83,ID")]
    [InlineData("84,ID")]
    public async Task A_smartrest_session(string row)
    {
        foreach (var tenant in new[] { Red, Blue })
        {
            Assert.StartsWith("20,", await SmartAsync("/s", tenant, "11,100,,$.m,$.m\n"), StringComparison.Ordinal);
        }

        var client = (await SmartAsync(Realtime, Red, "80")).TrimEnd('\n');
        Assert.Equal("", await SmartAsync(Realtime, Red, $"81,{client},/news/a"));

        var answer = await SmartAsync(Realtime, Blue, row.Replace("ID", client, StringComparison.Ordinal));

        // Ending what is none is no error.
        Assert.True(row.StartsWith("84", StringComparison.Ordinal) ? answer.Length == 0 : answer.Contains("handshake", StringComparison.Ordinal), answer);
        Assert.Equal("", await SmartAsync(Realtime, Red, $"81,{client},/news/b"));
    }

    [Fact]
    public async Task Smartrest_templates()
    {
        Assert.StartsWith("20,", await SmartAsync("/s", Red, "11,100,,$.m,$.m\n"), StringComparison.Ordinal);

        Assert.StartsWith("40,", await SmartAsync("/s", Blue, ""), StringComparison.Ordinal);
        Assert.StartsWith("40,", await SmartAsync(Realtime, Blue, "80"), StringComparison.Ordinal);
        using var deleted = new HttpRequestMessage(HttpMethod.Delete, "/s") { Headers = { { "X-Id", "probe" }, { "Authorization", Blue.ToString() } } };
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Http.SendAsync(deleted)).StatusCode);
        Assert.StartsWith("20,", await SmartAsync("/s", Red, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Smc_elements()
    {
        using var red = await SmcAsync("Red");
        using var blue = await SmcAsync("Blue");
        using var made = await red.PostAsync("/7.2/elements/host", Json("""{"name":"of red"}"""));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var path = made.Headers.Location!.AbsolutePath;

        Assert.DoesNotContain("of red", await blue.GetStringAsync("/7.2/elements/host"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await blue.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await blue.PutAsync(path, Json("""{"name":"x"}"""))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await blue.PutAsync(path + "/trash", Json("{}"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await blue.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await red.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("MKCOL", "/red/box/a")]
    [InlineData("PROPFIND", "/red/box/a")]
    [InlineData("PROPPATCH", "/red/box/a")]
    [InlineData("ACL", "/red/box/a")]
    [InlineData("DELETE", "/red/box/a")]
    [InlineData("POST", "/red/box/a/queue/q")]
    [InlineData("GET", "/red/box/a/queue/q")]
    [InlineData("POST", "/red/box/a/topic/t")]
    [InlineData("POST", "/red/__introspect")]
    public async Task Personium_collections_even_by_an_administrator(string method, string path)
    {
        var status = await StatusAsync(HttpMethod.Parse(method), path, Blue);

        Assert.True(status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Unauthorized, status.ToString());
        Assert.NotEqual(status, method is "MKCOL" ? await MakeAsync() : HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GET", "/api/admin/tenants/red")]
    [InlineData("PUT", "/api/admin/tenants/red/roles/x")]
    [InlineData("GET", "/api/admin/tenants/red/users")]
    [InlineData("PUT", "/api/admin/tenants/red/users/x")]
    [InlineData("POST", "/api/admin/tenants/red/users/alice/keys")]
    [InlineData("GET", "/api/admin/tenants/red/keys")]
    [InlineData("PUT", "/api/admin/tenants/red/devices/x")]
    public async Task The_administration(string method, string path) =>
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Parse(method), path, Blue, "{}"));

    [Fact]
    public async Task Tokens()
    {
        var token = (string)(await _server.TokenAsync("red/alice"))["access_token"]!;
        using var answer = await _server.FormAsync("/token/introspect", Blue, ("token", token));

        Assert.Equal("""{"active":false}""", await answer.Content.ReadAsStringAsync());
    }

    private static StringContent Json(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private async Task<HttpStatusCode> MakeAsync() => await StatusAsync(
        HttpMethod.Parse("MKCOL"),
        "/red/box/a",
        Red,
        """<D:mkcol xmlns:D="DAV:" xmlns:p="urn:x-personium:xmlns"><D:set><D:prop><D:resourcetype><D:collection/><p:stream/></D:resourcetype></D:prop></D:set></D:mkcol>""");

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, AuthenticationHeaderValue credentials, string? body = null)
    {
        using var response = await _server.SendAsync(method, path, credentials, body);
        return response.StatusCode;
    }

    private async Task<string> TextAsync(HttpMethod method, string path, AuthenticationHeaderValue credentials)
    {
        using var response = await _server.SendAsync(method, path, credentials);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<string> SmartAsync(string path, AuthenticationHeaderValue credentials, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Headers = { { "X-Id", "probe" }, { "Authorization", credentials.ToString() } },
            Content = new StringContent(body),
        };
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<HttpClient> SmcAsync(string domain)
    {
        var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = _server.Address };
        using var login = await client.PostAsync($"/7.2/lms_login?login=alice&pwd={Uri.EscapeDataString(SecuredServer.Password)}&domain={domain}", Json("{}"));
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        return client;
    }
}
