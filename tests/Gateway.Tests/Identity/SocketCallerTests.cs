using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Who speaks on a socket: by its upgrade, by a handshake's message, and after what is known of them changed.</summary>
public sealed class SocketCallerTests : IAsyncLifetime
{
    private const string Dave = "/api/admin/tenants/default/users/dave";
    private static readonly AuthenticationHeaderValue Admin = SecuredServer.Basic("admin");
    private SecuredServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await SecuredServer.StartAsync();
        await PutAsync(Dave, $$"""{"password":"{{SecuredServer.Password}}","roles":["team"]}""");
        await PutAsync("/api/admin/tenants/default/roles/team", """{"subscribe":["/team/**"],"publish":["/team/**"],"create":["/team/**"]}""");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_handshake_s_credentials_outweigh_those_of_the_upgrade()
    {
        using var socket = await SecuredSocket.OpenAsync(_server, SecuredServer.Basic("dave"));

        var client = await HandshakeAsync(socket, $$$"""{"authentication":{"user":"red/alice","password":"{{{SecuredServer.Password}}}"}}""");
        await socket.SendAsync($"[{SecuredServer.Publish(client, "/from/handshake")}]");

        Assert.True((bool)(await socket.NextAsync("/from/handshake"))["successful"]!);
        using var there = await _server.SendAsync(HttpMethod.Get, "/channels/from/handshake", SecuredServer.Basic("red/alice"));
        using var here = await _server.SendAsync(HttpMethod.Get, "/channels/from/handshake", Admin);
        Assert.Contains("\"offset\":1", await there.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"offset\":1", await here.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_credentials_of_a_handshake_are_not_made_good_by_the_upgrade()
    {
        using var socket = await SecuredSocket.OpenAsync(_server, SecuredServer.Basic("dave"));

        await socket.SendAsync($"[{SecuredServer.Handshake("""{"authentication":{"user":"dave","password":"wrong"}}""")}]");

        Assert.Equal("403::handshake_denied", (string?)(await socket.NextAsync())["error"]);
    }

    [Fact]
    public async Task A_session_of_an_upgrade_is_not_that_of_a_caller_without_credentials()
    {
        using var socket = await SecuredSocket.OpenAsync(_server, SecuredServer.Basic("dave"));
        var client = await HandshakeAsync(socket);

        var reply = await _server.BayeuxAsync(SecuredServer.Connect(client));

        Assert.Equal("402::session_unknown", (string?)reply["error"]);
    }

    [Fact]
    public async Task A_session_of_a_handshake_s_message_goes_on_elsewhere_by_its_id_alone()
    {
        using var socket = await SecuredSocket.OpenAsync(_server, null);
        var client = await HandshakeAsync(socket, $$$"""{"authentication":{"user":"red/alice","password":"{{{SecuredServer.Password}}}"}}""");

        Assert.True((bool)(await _server.BayeuxAsync(SecuredServer.Connect(client)))["successful"]!);
        Assert.Equal("402::session_unknown", (string?)(await _server.BayeuxAsync(SecuredServer.Connect(client), SecuredServer.Basic("dave")))["error"]);
    }

    [Fact]
    public async Task A_socket_that_was_open_before_a_role_was_taken_away_begins_no_session_with_it()
    {
        using var socket = await SecuredSocket.OpenAsync(_server, SecuredServer.Basic("dave"));
        await PutAsync(Dave, """{"roles":["other"]}""");
        await ForgottenAsync();

        var client = await HandshakeAsync(socket);
        await socket.SendAsync($"[{SecuredServer.Subscribe(client, "/team/a")}]");

        Assert.Equal("403:denied_by_security_policy:subscribe_denied", (string?)(await socket.NextAsync("/meta/subscribe"))["error"]);
    }

    [Fact]
    public async Task A_second_socket_of_a_session_follows_its_user_too()
    {
        var client = await _server.HandshakeAsync(SecuredServer.Basic("dave"));
        using var socket = await SecuredSocket.OpenAsync(_server, SecuredServer.Basic("dave"));
        await socket.SendAsync($"[{SecuredServer.Publish(client, "/team/a")}]");
        Assert.True((bool)(await socket.NextAsync("/team/a"))["successful"]!);

        await PutAsync(Dave, """{"roles":["other"]}""");
        await ForgottenAsync();
        await socket.SendAsync($"[{SecuredServer.Publish(client, "/team/a")}]");

        Assert.Equal("403:denied_by_security_policy:publish_denied", (string?)(await socket.NextAsync("/team/a"))["error"]);
    }

    [Fact]
    public async Task A_socket_whose_token_is_revoked_speaks_for_no_session_of_the_same_user()
    {
        var client = await _server.HandshakeAsync(SecuredServer.Basic("dave"));
        var token = await _server.TokenAsync("dave");
        using var socket = await SecuredSocket.OpenAsync(_server, SecuredServer.Bearer((string)token["access_token"]!));
        await socket.SendAsync($"[{SecuredServer.Publish(client, "/team/a")}]");
        Assert.True((bool)(await socket.NextAsync("/team/a"))["successful"]!);

        using var revoked = await _server.FormAsync("/token/revoke", null, ("token", (string)token["refresh_token"]!));
        await ForgottenAsync();
        await socket.SendAsync($"[{SecuredServer.Publish(client, "/team/a")}]");

        Assert.Equal("402::session_unknown", (string?)(await socket.NextAsync("/team/a"))["error"]);
    }

    /// <summary>The server has dropped what it knew.</summary>
    private async Task ForgottenAsync() => await _server.Services.GetRequiredService<AccountCache>().ReloadAsync();

    private static async Task<string> HandshakeAsync(SecuredSocket socket, string? ext = null)
    {
        await socket.SendAsync($"[{SecuredServer.Handshake(ext)}]");
        var reply = await socket.NextAsync("/meta/handshake");
        Assert.True((bool)reply["successful"]!, reply.ToJsonString());
        return (string)reply["clientId"]!;
    }

    private async Task PutAsync(string path, string json)
    {
        using var response = await _server.SendAsync(HttpMethod.Put, path, Admin, json);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
