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
        _server = await SecuredServer.StartAsync(null, ("Tokens:Lifetime", "00:00:03"), ("Limits:ReadBytes", "60000000"));
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

    [Theory]
    [InlineData("")]
    [InlineData(""","ext":{"ack":true}""")]
    public async Task A_rule_taken_away_takes_what_waits_for_the_next_poll(string ext)
    {
        var dave = SecuredServer.Basic("dave");
        var handshake = SecuredServer.Handshake();
        var client = (string)(await _server.BayeuxAsync($"{handshake[..^1]}{ext}}}", dave))["clientId"]!;
        await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/team/**"), dave);
        await _server.BayeuxAsync(SecuredServer.Connect(client, ext.Length == 0 ? "" : ""","ext":{"ack":0}"""), dave);
        var session = _server.Services.GetRequiredService<GatewayHub>().Find("default", SessionId.PublicOf(client))!;
        await PublishAsync("/team/closed/a");
        await PublishAsync("/team/open/a");
        await Eventually.TrueAsync(() => session.PendingMessages == 2, "The messages did not come.");
        if (ext.Length > 0)
        {
            // Given once, and not acknowledged: they are to be given again.
            Assert.Contains("/team/closed/a", await PollAsync(client, dave, ""","ext":{"ack":0}"""), StringComparison.Ordinal);
        }

        await PutAsync("/api/admin/tenants/default/roles/team", """{"subscribe":["/team/open/**"]}""");
        await Eventually.TrueAsync(() => session.Grants?.MaySee("/team/closed/a") == false, "The session kept its rights.");
        var text = await PollAsync(client, dave, ext.Length == 0 ? "" : ""","ext":{"ack":0}""");

        Assert.Contains("/team/open/a", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/team/closed/a", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gap_of_a_channel_that_may_not_be_seen_is_not_told()
    {
        await using var server = await SecuredServer.StartAsync(null, ("Limits:LogMessages", "2"));
        var alice = SecuredServer.Basic("alice");
        var client = await server.HandshakeAsync(alice);
        await server.BayeuxAsync(SecuredServer.Subscribe(client, "/**"), alice);
        await server.BayeuxAsync(SecuredServer.Connect(client), alice);
        foreach (var channel in (string[])["/news/a", "/secret/a"])
        {
            (await server.SendAsync(HttpMethod.Post, $"/channels{channel}", Admin, "1")).EnsureSuccessStatusCode().Dispose();
        }

        await Eventually.TrueAsync(
            () => server.Services.GetRequiredService<GatewayHub>().Find("default", SessionId.PublicOf(client)) is null, "The session is not given back to its silo.");
        foreach (var channel in (string[])["/news/a", "/secret/a"])
        {
            // More than is at hand without the log.
            for (var i = 0; i < 3; i++)
            {
                using var lines = new StringContent(string.Concat(Enumerable.Repeat("1\n", 900)), System.Text.Encoding.UTF8, "application/x-ndjson");
                using var request = new HttpRequestMessage(HttpMethod.Post, $"/channels{channel}") { Headers = { Authorization = Admin }, Content = lines };
                (await server.Http.SendAsync(request)).EnsureSuccessStatusCode().Dispose();
            }
        }

        var text = await PollAsync(server, client, alice);

        Assert.Contains("\"gaps\"", text, StringComparison.Ordinal);
        Assert.Contains("/news/a", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/secret/a", text, StringComparison.Ordinal);
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

    [Fact]
    public async Task An_event_stream_that_is_far_behind_ends_as_well()
    {
        var big = $"\"{new string('x', 200_000)}\"";
        for (var i = 0; i < 100; i++)
        {
            using var published = await _server.SendAsync(HttpMethod.Post, "/channels/team/big", Admin, big);
            published.EnsureSuccessStatusCode();
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/team/big") { Headers = { Authorization = SecuredServer.Basic("dave") } };
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Add("Last-Event-ID", "0");
        using var response = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[1000]);
        var session = _server.Services.GetRequiredService<GatewayHub>().ClientSessions.Single(static session => session.Description?.Protocol == "sse");

        await PutAsync("/api/admin/tenants/default/users/dave", """{"disabled":true}""");
        await Eventually.TrueAsync(() => session.State == LocalState.Gone, "The session did not end.");
        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest);

        // What was on its way comes; what was in hand does not.
        Assert.InRange(rest.Length, 0, 15_000_000);
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

    private Task<string> PollAsync(string client, System.Net.Http.Headers.AuthenticationHeaderValue credentials, string more = "") =>
        PollAsync(_server, client, credentials, more);

    /// <summary>All that a connect brings.</summary>
    private static async Task<string> PollAsync(
        SecuredServer server, string client, System.Net.Http.Headers.AuthenticationHeaderValue credentials, string more = "")
    {
        using var response = await server.SendAsync(HttpMethod.Post, "/cometd", credentials, $"[{SecuredServer.Connect(client, more)}]");
        return await response.Content.ReadAsStringAsync();
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
