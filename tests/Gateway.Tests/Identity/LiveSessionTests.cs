using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Sessions;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Live sessions follow what becomes of their owners.</summary>
public sealed class LiveSessionTests : IAsyncLifetime
{
    private static readonly System.Net.Http.Headers.AuthenticationHeaderValue Admin = SecuredServer.Basic("admin");
    private SecuredServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await SecuredServer.StartAsync(null, ("Tokens:Lifetime", "00:00:03"));
        await PutAsync("/api/admin/tenants/default/users/dave", $$"""{"password":"{{SecuredServer.Password}}","roles":["team"]}""");
        await PutAsync("/api/admin/tenants/default/roles/team", """{"subscribe":["/team/**"],"publish":["/team/**"],"create":["/team/**"]}""");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_disabled_user_s_session_ends_and_no_other_begins()
    {
        var (socket, client) = await ConnectedAsync(SecuredServer.Basic("dave"));
        using (socket)
        {
            await PutAsync("/api/admin/tenants/default/users/dave", """{"disabled":true}""");

            await AssertEndedAsync(socket);
            await socket.SendAsync($"[{SecuredServer.Publish(client, "/team/a")}]");
            Assert.Equal("402::session_unknown", (string?)(await socket.NextAsync("/team/a"))["error"]);
            await socket.SendAsync($"[{SecuredServer.Handshake()}]");
            Assert.Equal("403::handshake_denied", (string?)(await socket.NextAsync("/meta/handshake"))["error"]);
        }

        using var refused = await _server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Basic("dave"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_changed_password_ends_what_the_old_one_began()
    {
        var (socket, _) = await ConnectedAsync(SecuredServer.Basic("dave"));
        using (socket)
        {
            await PutAsync("/api/admin/tenants/default/users/dave", """{"password":"another password"}""");

            await AssertEndedAsync(socket);
        }
    }

    [Fact]
    public async Task A_revoked_key_s_session_ends()
    {
        using var made = await _server.SendAsync(HttpMethod.Post, "/api/admin/tenants/default/users/dave/keys", Admin);
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
        var (socket, _) = await ConnectedAsync(SecuredServer.Bearer((string)key["key"]!));
        using (socket)
        {
            using var revoked = await _server.SendAsync(HttpMethod.Delete, $"/api/admin/tenants/default/keys/{(string)key["id"]!}", Admin);

            Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
            await AssertEndedAsync(socket);
        }
    }

    [Fact]
    public async Task A_revoked_token_s_session_ends()
    {
        var token = await _server.TokenAsync("dave");
        var (socket, _) = await ConnectedAsync(SecuredServer.Bearer((string)token["access_token"]!));
        using (socket)
        {
            using var revoked = await _server.FormAsync("/token/revoke", null, ("token", (string)token["refresh_token"]!));

            await AssertEndedAsync(socket);
        }
    }

    [Fact]
    public async Task An_expired_token_s_session_ends_by_itself()
    {
        var (socket, _) = await ConnectedAsync(SecuredServer.Bearer((string)(await _server.TokenAsync("dave"))["access_token"]!));
        using (socket)
        {
            await AssertEndedAsync(socket);
        }
    }

    [Fact]
    public async Task A_renewed_token_keeps_a_session()
    {
        var token = await _server.TokenAsync("dave");
        var (socket, client) = await ConnectedAsync(SecuredServer.Bearer((string)token["access_token"]!));
        using (socket)
        {
            var hub = _server.Services.GetRequiredService<GatewayHub>();
            var session = hub.Find("default", SessionId.PublicOf(client))!;
            var first = session.Description!.Owner!.Expires;
            await Eventually.TrueAsync(() => first - DateTimeOffset.UtcNow < TimeSpan.FromSeconds(1.5), "The token did not grow old.");
            using var refreshed = await _server.FormAsync("/token", null, ("grant_type", "refresh_token"), ("refresh_token", (string)token["refresh_token"]!));
            var fresh = (string)JsonNode.Parse(await refreshed.Content.ReadAsStringAsync())!["access_token"]!;

            await socket.SendAsync($"[{SecuredServer.Connect(client, $$$""","ext":{"authentication":{"token":"{{{fresh}}}"}}""")}]");
            await Eventually.TrueAsync(() => DateTimeOffset.UtcNow > first + TimeSpan.FromMilliseconds(600), "Time stood still.");
            await socket.SendAsync($"[{SecuredServer.Publish(client, "/team/a")}]");

            Assert.True((bool)(await socket.NextAsync("/team/a"))["successful"]!);
            Assert.True(session.Description!.Owner!.Expires > first);
        }
    }

    [Fact]
    public async Task A_session_that_shows_another_user_s_token_is_unknown()
    {
        var (socket, client) = await ConnectedAsync(SecuredServer.Bearer((string)(await _server.TokenAsync("dave"))["access_token"]!));
        using (socket)
        {
            var other = (string)(await _server.TokenAsync("alice"))["access_token"]!;

            await socket.SendAsync($"[{SecuredServer.Connect(client, $$$""","ext":{"authentication":{"token":"{{{other}}}"}}""")}]");

            Assert.Equal("402::session_unknown", (string?)(await socket.NextAsync("/meta/connect"))["error"]);
        }
    }

    [Fact]
    public async Task A_rule_taken_away_stops_publishes_and_deliveries()
    {
        var (socket, client) = await ConnectedAsync(SecuredServer.Basic("dave"));
        using (socket)
        {
            await socket.SendAsync($"[{SecuredServer.Subscribe(client, "/team/**")}]");
            Assert.True((bool)(await socket.NextAsync("/meta/subscribe"))["successful"]!);
            await PutAsync("/api/admin/tenants/default/roles/team", """{"subscribe":["/team/open/**"]}""");
            var session = _server.Services.GetRequiredService<GatewayHub>().Find("default", SessionId.PublicOf(client))!;
            await Eventually.TrueAsync(() => session.Grants?.MaySee("/team/closed/a") == false, "The session kept its rights.");

            await PublishAsync("/team/closed/a");
            await PublishAsync("/team/open/a");
            Assert.Equal("/team/open/a", (string?)(await socket.NextAsync())["channel"]);
            await socket.SendAsync($"[{SecuredServer.Publish(client, "/team/open/a")}]");

            Assert.Equal("403:denied_by_security_policy:publish_denied", (string?)(await socket.NextAsync("/team/open/a"))["error"]);
        }
    }

    [Fact]
    public async Task A_disabled_user_s_event_stream_ends()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/team/a") { Headers = { Authorization = SecuredServer.Basic("dave") } };
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Add("Last-Event-ID", "0");
        await PublishAsync("/team/a");
        using var response = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        await PutAsync("/api/admin/tenants/default/users/dave", """{"disabled":true}""");

        await response.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    private async Task<(SecuredSocket Socket, string ClientId)> ConnectedAsync(System.Net.Http.Headers.AuthenticationHeaderValue credentials)
    {
        var socket = await SecuredSocket.OpenAsync(_server, credentials);
        await socket.SendAsync($"[{SecuredServer.Handshake()}]");
        var client = (string)(await socket.NextAsync("/meta/handshake"))["clientId"]!;
        await socket.SendAsync($"[{SecuredServer.Connect(client)}]");
        await socket.NextAsync("/meta/connect");
        await socket.SendAsync($"[{SecuredServer.Connect(client)}]");
        return (socket, client);
    }

    /// <summary>The held connect is answered: there is no such session any more, and the client is to begin anew.</summary>
    private static async Task AssertEndedAsync(SecuredSocket socket)
    {
        var reply = await socket.NextAsync("/meta/connect");
        Assert.Equal("402::session_unknown", (string?)reply["error"]);
        Assert.Equal("handshake", (string?)reply["advice"]!["reconnect"]);
    }

    private async Task PutAsync(string path, string json)
    {
        using var response = await _server.SendAsync(HttpMethod.Put, path, Admin, json);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task PublishAsync(string channel)
    {
        using var response = await _server.SendAsync(HttpMethod.Post, $"/channels{channel}", Admin, "1");
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
