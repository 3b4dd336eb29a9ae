using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Gateway.Tests.Identity;

namespace Tidings.Gateway.Tests.Cumulocity;

/// <summary>Who is let in at the real-time endpoints and at <c>/s</c>.</summary>
public sealed class CumulocityCredentialTests(SharedSecuredServer shared) : IClassFixture<SharedSecuredServer>
{
    private const string Realtime = "/notification/realtime";
    private readonly SecuredServer _server = shared.Server;

    [Theory]
    [InlineData("/s")]
    [InlineData("/cep/realtime")]
    [InlineData("/notification/operations")]
    public async Task Item_35_SmartREST_without_credentials_or_with_bad_ones_is_refused_at_once(string path)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(path, "80", null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(path, "80", SecuredServer.Basic("alice", "wrong"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(path, "", SecuredServer.Basic("alice"))).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"com.cumulocity.authn":{"token":"bm9ib2R5Ong="}}""")]
    [InlineData("""{"com.cumulocity.authn":{"xsrfToken":"x"}}""")]
    [InlineData("""{"com.cumulocity.authn":"x"}""")]
    [InlineData("""{"com.cumulocity.authn":{"token":"not a token"}}""")]
    public async Task Item_73_a_socket_whose_handshake_says_nobody_is_denied(string? ext)
    {
        using var socket = await SecuredSocket.OpenAsync(_server, null, Realtime);
        await socket.SendAsync($"[{SecuredServer.Handshake(ext)}]");

        var reply = await socket.NextAsync("/meta/handshake");
        Assert.Equal("403::Handshake denied", (string?)reply["error"]);
        Assert.False((bool)reply["successful"]!);
    }

    [Fact]
    public async Task Item_73_a_socket_logs_in_with_a_password_or_a_token_in_its_handshake()
    {
        var password = Convert.ToBase64String(Encoding.UTF8.GetBytes($"red/alice:{SecuredServer.Password}"));
        var bearer = (string)(await _server.TokenAsync("red/alice"))["access_token"]!;
        foreach (var token in new[] { password, bearer })
        {
            using var socket = await SecuredSocket.OpenAsync(_server, null, Realtime);
            await socket.SendAsync($"[{SecuredServer.Handshake($$$"""{"com.cumulocity.authn":{"token":"{{{token}}}","xsrfToken":null},"systemOfUnits":"metric"}""")}]");
            var client = (string)(await socket.NextAsync("/meta/handshake"))["clientId"]!;
            await socket.SendAsync($"[{SecuredServer.Subscribe(client, "/alarms/*")}]");
            Assert.True((bool)(await socket.NextAsync("/meta/subscribe"))["successful"]!);
            await socket.SendAsync($"[{SecuredServer.Connect(client)}]");

            using var published = await _server.SendAsync(HttpMethod.Post, "/channels/alarms/7", SecuredServer.Basic("red/alice"), """{"id":"1"}""");
            Assert.Equal(HttpStatusCode.OK, published.StatusCode);
            Assert.Equal("1", (string?)(await socket.NextAsync("/alarms/7"))["data"]!["id"]);
        }
    }

    [Fact]
    public async Task Item_70_other_tenants_messages_and_sessions_do_not_exist()
    {
        var red = SecuredServer.Basic("red/alice");
        var xid = $"tenants{Guid.NewGuid():N}";
        await RegisterAsync(xid, red);
        var client = (await PostAsync("/cep/realtime", "80", red, xid)).Body.TrimEnd('\n');

        Assert.StartsWith("40,", (await PostAsync("/s", "", SecuredServer.Basic("admin"), xid)).Body, StringComparison.Ordinal);
        await RegisterAsync(xid, SecuredServer.Basic("admin"));
        foreach (var row in new[] { $"81,{client},/a", $"82,{client},/a", $"83,{client}" })
        {
            Assert.Equal("86,,,handshake\n", (await PostAsync("/cep/realtime", row, SecuredServer.Basic("admin"), xid)).Body);
        }

        await PostAsync("/cep/realtime", $"84,{client}", SecuredServer.Basic("admin"), xid);
        Assert.Equal("86,5400000,0,retry\n", (await PostAsync("/cep/realtime", $"83,{client}", red, xid)).Body);
    }

    [Fact]
    public async Task Templates_are_managed_by_who_may_manage_them()
    {
        var xid = $"managed{Guid.NewGuid():N}";

        Assert.Equal("41,,Not allowed to create templates\n", (await PostAsync("/s", "11,1,,,$.id", SecuredServer.Basic("alice"), xid)).Body);
        Assert.StartsWith("20,", (await PostAsync("/s", "11,1,,,$.id", SecuredServer.Basic("admin"), xid)).Body, StringComparison.Ordinal);
        Assert.StartsWith("20,", (await PostAsync("/s", "", SecuredServer.Basic("alice"), xid)).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Delete, "/s", "", SecuredServer.Basic("alice"), xid)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, "/s", "", SecuredServer.Basic("admin"), xid)).Status);
        Assert.StartsWith("40,", (await PostAsync("/s", "", SecuredServer.Basic("alice"), xid)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_handshakes_over_HTTP_take_either_kind_of_credentials()
    {
        var body = $"[{SecuredServer.Handshake()}]";
        using var denied = await _server.SendAsync(HttpMethod.Post, Realtime, null, body);
        using var allowed = await _server.SendAsync(HttpMethod.Post, Realtime, SecuredServer.Basic("alice"), body);

        Assert.Equal("403::Handshake denied", (string?)JsonNode.Parse(await denied.Content.ReadAsStringAsync())![0]!["error"]);
        Assert.True((bool)JsonNode.Parse(await allowed.Content.ReadAsStringAsync())![0]!["successful"]!);
    }

    private async Task RegisterAsync(string xid, AuthenticationHeaderValue credentials) =>
        Assert.StartsWith("20,", (await PostAsync("/s", "11,1,,,$.id", credentials, xid)).Body, StringComparison.Ordinal);

    private Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string body, AuthenticationHeaderValue? credentials, string xid = "x") =>
        SendAsync(HttpMethod.Post, path, body, credentials, xid);

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(
        HttpMethod method, string path, string body, AuthenticationHeaderValue? credentials, string xid)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "X-Id", xid } }, Content = new StringContent(body) };
        request.Headers.Authorization = credentials;
        using var response = await _server.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
