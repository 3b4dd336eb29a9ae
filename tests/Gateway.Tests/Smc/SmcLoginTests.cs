using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>Login, entry points, logout. Numbers are those of the checklist in the front end's fact list.</summary>
[Collection(SmcServerCollection.Name)]
public sealed class SmcLoginTests(SmcServer server)
{
    [Fact]
    public async Task Versions_are_listed_with_two_numbers_in_ascending_order_to_anybody()
    {
        using var client = SmcClient.Stranger(server);
        using var response = await client.Http.GetAsync("/api");
        var versions = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["version"]!.AsArray();

        Assert.Equal(["7.1", "7.2"], versions.Select(version => (string)version!["rel"]!));
        Assert.Equal($"{server.Address}7.1/api", (string)versions[0]!["href"]!);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData("7.1")]
    [InlineData("7.2")]
    [InlineData("7.2.1")]
    [InlineData("6.5")]
    public async Task Entry_points_are_listed_in_the_sessions_version(string version)
    {
        using var client = await SmcClient.LoginAsync(server, version: version);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{version}/api") { Content = new StringContent("{}") };
        using var response = await client.Http.SendAsync(request);
        var entryPoints = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["entry_point"]!.AsArray()
            .ToDictionary(entry => (string)entry!["rel"]!, entry => ((string)entry!["href"]!, (string)entry["method"]!));

        Assert.Equal(($"{server.Address}{version}/elements/host", "GET"), entryPoints["host"]);
        Assert.Equal(($"{server.Address}{version}/current_user", "GET"), entryPoints["current_user"]);
        Assert.Equal(($"{server.Address}{version}/logout", "PUT"), entryPoints["logout"]);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task The_current_user_is_an_element()
    {
        using var client = await SmcClient.LoginAsync(server);
        var href = (string)JsonNode.Parse(await client.Http.GetStringAsync("/7.2.1/current_user"))!["value"]!;
        var element = JsonNode.Parse(await client.Http.GetStringAsync(href))!;

        Assert.Equal("ann", (string)element["name"]!);
        Assert.Equal("admin_user", (string)element["type"]!);

        using var again = await SmcClient.LoginAsync(server);
        Assert.Equal(href, (string)JsonNode.Parse(await again.Http.GetStringAsync("/7.2.1/current_user"))!["value"]!);
    }

    [Theory]
    [InlineData("""{"authenticationkey":"wrong"}""", HttpStatusCode.Unauthorized)]
    [InlineData("""{"authenticationkey":"key-two","domain":"Shared Domain"}""", HttpStatusCode.Unauthorized)]
    [InlineData("""{"authenticationkey":""}""", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("[", HttpStatusCode.BadRequest)]
    public async Task A_login_without_a_known_key_is_refused(string body, HttpStatusCode status)
    {
        using var client = SmcClient.Stranger(server);
        using var response = await client.PostAsync("/7.2/login", body);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal($"{(int)status}", (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["status"]!);
        Assert.Empty(client.Cookies.GetAllCookies());
    }

    [Fact]
    public async Task A_password_that_nobody_has_is_refused()
    {
        using var client = SmcClient.Stranger(server);
        using var response = await client.PostAsync("/7.2/lms_login?login=u&pwd=p&domain=Shared+Domain", "{}");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/7.3/api")]
    [InlineData("/5.0/current_user")]
    [InlineData("/7.2/unknown")]
    [InlineData("/7.2/elements/unknown")]
    [InlineData("/7.2/elements/host/99999")]
    [InlineData("/7.2/elements/host/a%2Fb")]
    [InlineData("/7.2/elements/host/..%2F..%2Fx")]
    public async Task What_there_is_not_is_not_found(string path)
    {
        using var client = await SmcClient.LoginAsync(server);
        using var response = await client.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("/7.2/api")]
    [InlineData("/7.2/current_user")]
    [InlineData("/7.2/elements/host")]
    [InlineData("/7.2/elements/host/1")]
    [InlineData("/7.2/notification/socket")]
    public async Task Without_a_login_nothing_is_served(string path)
    {
        using var client = SmcClient.Stranger(server);
        using var response = await client.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task After_logout_the_cookie_is_worth_nothing_and_open_sockets_are_closed()
    {
        using var client = await SmcClient.LoginAsync(server);
        using var socket = await client.OpenSocketAsync();
        using var response = await client.PutAsync("/7.2.1/logout");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await socket.ClosedAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.Http.GetAsync("/7.2.1/api")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(client));
    }

    [Fact]
    public async Task A_socket_without_a_login_is_refused_before_the_upgrade()
    {
        using var client = SmcClient.Stranger(server);
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(client));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_takes_a_token_beside_its_protocol_in_either_order(bool tokenFirst)
    {
        using var client = await SmcClient.LoginAsync(server);
        var token = client.Cookies.GetAllCookies()["JSESSIONID"]!.Value;
        using var socket = await SmcSocketClient.OpenAsync(WithProtocols(tokenFirst ? [token, "access_token"] : ["access_token", token]), client.SocketUri());

        Assert.Equal("access_token", socket.Socket.SubProtocol);
        await socket.SubscribeAsync("host", 0);
    }

    [Fact]
    public async Task A_cookie_of_a_login_that_is_over_does_not_stand_in_a_tokens_way()
    {
        using var client = await SmcClient.LoginAsync(server);
        var token = client.Cookies.GetAllCookies()["JSESSIONID"]!.Value;
        client.Cookies.Add(server.Address, new Cookie("JSESSIONID", "over"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.Http.GetAsync("/7.2.1/current_user")).StatusCode);

        client.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        Assert.Equal(HttpStatusCode.OK, (await client.Http.GetAsync("/7.2.1/current_user")).StatusCode);

        using var connecting = WithProtocols(["access_token", token]);
        connecting.Options.Cookies = client.Cookies;
        using var socket = await SmcSocketClient.OpenAsync(connecting, client.SocketUri());
        await socket.SubscribeAsync("host", 0);
    }

    [Fact]
    public async Task A_socket_with_a_wrong_token_is_refused()
    {
        using var client = SmcClient.Stranger(server);
        using var socket = WithProtocols(["access_token", "wrong"]);
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(client.SocketUri(), CancellationToken.None));
        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    private static async Task<HttpStatusCode> RefusalAsync(SmcClient client)
    {
        using var socket = new ClientWebSocket();
        socket.Options.Cookies = client.Cookies;
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(client.SocketUri(), CancellationToken.None));
        return socket.HttpStatusCode;
    }

    private static ClientWebSocket WithProtocols(string[] protocols)
    {
        var socket = new ClientWebSocket();
        Array.ForEach(protocols, socket.Options.AddSubProtocol);
        return socket;
    }
}
