using System.Net;
using System.Net.WebSockets;
using System.Text;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Smc;

/// <summary>SMC through several gateways and silos.</summary>
public sealed class SmcClusterTests : IAsyncLifetime
{
    static readonly string[] Types = ["host", "router", "network", "group", "fw_policy", "single_fw", "log_server", "mgt_server"];
    readonly LocalCluster _cluster = new(["--Tidings:Smc:Keys:0:Key=secret", "--Tidings:Smc:Keys:0:User=ann"]);
    readonly CookieContainer _cookies = new();

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Any_gateway_honours_a_login_tells_changes_and_ends_what_another_began()
    {
        using var one = ClientOf(0);
        using var two = ClientOf(1);
        await LoginAsync(one);
        using var socket = new ClientWebSocket();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        socket.Options.SetRequestHeader("Cookie", _cookies.GetCookieHeader(_cluster.Gateways[0].Address));
        await socket.ConnectAsync(
            new UriBuilder(_cluster.Gateways[1].Address) { Scheme = "ws", Path = "/7.2/notification/socket" }.Uri, patience.Token);
        await socket.SendAsync("{\"context\":\"host\"}"u8.ToArray(), WebSocketMessageType.Text, true, patience.Token);
        Assert.Contains("\"success\"", await NextAsync(socket, patience.Token));

        var path = await CreateAsync(one, "host");
        Assert.Contains($"{path}\"", await NextAsync(socket, patience.Token));
        Assert.Equal(HttpStatusCode.OK, (await two.GetAsync(path, patience.Token)).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await one.PutAsync("/7.2/logout", null, patience.Token)).StatusCode);
        await NextAsync(socket, patience.Token);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
        Assert.Equal(HttpStatusCode.Unauthorized, (await two.GetAsync(path, patience.Token)).StatusCode);
    }

    [Fact]
    public async Task Logins_and_elements_outlive_the_crash_of_a_silo()
    {
        using var client = ClientOf(0);
        await LoginAsync(client);
        var paths = new List<string>();
        foreach (var type in Types)
            paths.Add(await CreateAsync(client, type));

        await _cluster.Silos[0].Process.KillAsync();

        foreach (var path in paths)
            await Eventually.TrueAsync(async () => await StatusAsync(client, path) == HttpStatusCode.OK, () => $"the element {path}");
    }

    /// <summary>Cookies are per host and not per port, so that all gateways get them.</summary>
    HttpClient ClientOf(int gateway) =>
        new(new HttpClientHandler { CookieContainer = _cookies }) { BaseAddress = _cluster.Gateways[gateway].Address };

    static async Task LoginAsync(HttpClient client)
    {
        using var body = Json("{\"authenticationkey\":\"secret\"}");
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/7.2/login", body)).StatusCode);
    }

    static async Task<string> CreateAsync(HttpClient client, string type)
    {
        using var body = Json("{\"name\":\"x\"}");
        using var response = await client.PostAsync($"/7.2/elements/{type}", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return response.Headers.Location!.AbsolutePath;
    }

    static async Task<HttpStatusCode?> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return response.StatusCode;
    }

    static async Task<string> NextAsync(ClientWebSocket socket, CancellationToken patience)
    {
        var buffer = new byte[4096];
        var part = await socket.ReceiveAsync(buffer, patience);
        return Encoding.UTF8.GetString(buffer, 0, part.Count);
    }

    static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
