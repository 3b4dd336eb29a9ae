using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>What depends on settings, or changes the server: each test has a server of its own.</summary>
public sealed class SmcVariantTests
{
    [Fact]
    public async Task In_token_mode_a_login_gives_a_token_and_entry_points_need_none()
    {
        await using var running = await StartAsync("Tidings:Smc:TokenMode", "true");
        using var client = SmcClient.Stranger(running.Server);
        using var login = await client.PostAsync("/7.2/login", """{"authenticationkey":"key-one"}""");
        var token = login.Headers.GetValues("Authorization").Single();
        Assert.False(login.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.OK, (await client.Http.GetAsync("/7.2/api")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.Http.GetAsync("/7.2/current_user")).StatusCode);

        client.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        Assert.Equal(HttpStatusCode.OK, (await client.Http.GetAsync("/7.2/current_user")).StatusCode);
    }

    [Fact]
    public async Task A_login_may_count_for_its_connection_alone()
    {
        await using var running = await StartAsync("Tidings:Smc:BindToConnection", "true");
        using var same = NewConnection(running.Server);
        using var body = new StringContent("""{"authenticationkey":"key-one"}""", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await same.PostAsync("/7.2/login", body)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await same.GetAsync("/7.2/current_user")).StatusCode);

        using var other = NewConnection(running.Server);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/7.2/current_user")).StatusCode);
    }

    [Fact]
    public async Task A_stopping_server_closes_its_sockets()
    {
        await using var running = await StartAsync("Tidings:Smc:TokenMode", "false");
        using var client = await SmcClient.LoginAsync(running.Server);
        using var socket = await client.OpenSocketAsync();
        var stopping = running.Server.StopAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await socket.ClosedAsync());
        await socket.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        await stopping;
    }

    [Fact]
    public async Task Hrefs_begin_as_configured()
    {
        await using var running = await StartAsync("Tidings:Smc:BaseUrl", "https://smc.example:8082/");
        using var client = await SmcClient.LoginAsync(running.Server);
        Assert.StartsWith("https://smc.example:8082/7.2.1/elements/host/", await client.CreateAsync("host", "h"));
    }

    /// <summary>Not beside the defaults, which nobody could be rid of otherwise.</summary>
    [Fact]
    public async Task Versions_and_types_that_are_configured_are_all_that_there_are()
    {
        await using var running = new RunningServer(new SmcServer());
        await running.Server.StartAsync(static builder =>
        {
            builder.Configuration["Tidings:Smc:Versions:0"] = "7.10";
            builder.Configuration["Tidings:Smc:Versions:1"] = "7.3";
            builder.Configuration["Tidings:Smc:UnlistedVersions:0"] = "7.0";
            builder.Configuration["Tidings:Smc:Types:0"] = "sensor";
        });
        using var client = SmcClient.Stranger(running.Server);
        var versions = JsonNode.Parse(await client.Http.GetStringAsync("/api"))!["version"]!.AsArray();
        Assert.Equal(["7.3", "7.10"], versions.Select(static version => (string)version!["rel"]!)); // ascending, as clients want them

        using var refused = await client.PostAsync("/6.5/login", """{"authenticationkey":"key-one"}""");
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using var login = await client.PostAsync("/7.0/login", """{"authenticationkey":"key-one"}""");
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        client.Http.DefaultRequestHeaders.Add("Cookie", login.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        var entries = JsonNode.Parse(await client.Http.GetStringAsync("/7.0/api"))!["entry_point"]!.AsArray();
        Assert.Equal(["current_user", "logout", "elements", "sensor", "admin_user"], entries.Select(static entry => (string)entry!["rel"]!));
    }

    [Theory]
    [InlineData("Tidings:Smc:Versions:0", "7.2.1")]
    [InlineData("Tidings:Smc:Types:0", "a/b")]
    [InlineData("Tidings:Smc:Keys:0:Tenant", "a/b")]
    [InlineData("Tidings:Smc:Keys:0:Key", "")]
    public async Task Settings_that_make_no_sense_stop_the_start(string key, string value) =>
        await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(key, value));

    private static HttpClient NewConnection(SmcServer server) =>
        new(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 1 }) { BaseAddress = server.Address };

    private static async Task<RunningServer> StartAsync(string key, string value)
    {
        var server = new SmcServer();
        try
        {
            await server.StartAsync(builder => builder.Configuration[key] = value);
            return new RunningServer(server);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private sealed record RunningServer(SmcServer Server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Server.DisposeAsync();
    }
}
