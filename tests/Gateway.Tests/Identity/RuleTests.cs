using System.Net;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>What rules allow and deny, the same through every front end.</summary>
public sealed class RuleTests(SharedSecuredServer shared) : IClassFixture<SharedSecuredServer>
{
    private readonly SecuredServer _server = shared.Server;

    [Fact]
    public async Task A_handshake_without_credentials_is_denied()
    {
        var reply = await _server.BayeuxAsync(SecuredServer.Handshake());

        Assert.Equal("403::handshake_denied", (string?)reply["error"]);
        Assert.Equal("none", (string?)reply["advice"]!["reconnect"]);
        Assert.Null(reply["clientId"]);
    }

    [Theory]
    [InlineData("/news/sport", true)]
    [InlineData("/news/**", true)]
    [InlineData("/**", true)]
    [InlineData("/secret/x", false)]
    [InlineData("/secret/**", false)]
    [InlineData("/news", false)]
    [InlineData("/newsletter/x", false)]
    [InlineData("/News/sport", false)]
    [InlineData("/news/../secret", false)]
    [InlineData("/news%2Fsport", false)]
    [InlineData("/secret/x/", false)]
    [InlineData("/.secret/x", false)]
    public async Task A_subscribe_needs_a_rule_that_meets_it(string channel, bool allowed)
    {
        var client = await _server.HandshakeAsync(SecuredServer.Basic("alice"));

        var reply = await _server.BayeuxAsync(SecuredServer.Subscribe(client, channel), SecuredServer.Basic("alice"));

        Assert.Equal(allowed || channel.Contains("..", StringComparison.Ordinal), (bool)reply["successful"]!);
        if (!allowed && channel is not ("/news/../secret" or "/news%2Fsport"))
        {
            Assert.Equal("403:denied_by_security_policy:subscribe_denied", (string?)reply["error"]);
        }
    }

    [Fact]
    public async Task One_denied_channel_denies_the_whole_subscribe()
    {
        var client = await _server.HandshakeAsync(SecuredServer.Basic("alice"));

        var reply = await _server.BayeuxAsync(
            $$"""{"channel":"/meta/subscribe","clientId":"{{client}}","subscription":["/news/a","/secret/a"]}""", SecuredServer.Basic("alice"));

        Assert.False((bool)reply["successful"]!);
    }

    [Fact]
    public async Task A_pattern_brings_only_messages_that_may_be_seen()
    {
        var client = await _server.HandshakeAsync(SecuredServer.Basic("alice"));
        await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/**"), SecuredServer.Basic("alice"));
        await _server.BayeuxAsync(SecuredServer.Connect(client), SecuredServer.Basic("alice"));

        await PublishAsync("/secret/plan");
        await PublishAsync("/news/plan");
        using var response = await _server.SendAsync(HttpMethod.Post, "/cometd", SecuredServer.Basic("alice"), $"[{SecuredServer.Connect(client)}]");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Contains("/news/plan", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publish_needs_a_rule()
    {
        var client = await _server.HandshakeAsync(SecuredServer.Basic("alice"));

        var reply = await _server.BayeuxAsync(SecuredServer.Publish(client, "/news/a"), SecuredServer.Basic("alice"));

        Assert.Equal("403:denied_by_security_policy:publish_denied", (string?)reply["error"]);
    }

    [Fact]
    public async Task The_first_message_of_a_channel_needs_a_rule_of_its_own()
    {
        var (admin, bob) = (SecuredServer.Basic("admin"), SecuredServer.Basic("bob"));
        var client = await _server.HandshakeAsync(bob);

        var denied = await _server.BayeuxAsync(SecuredServer.Publish(client, "/rooms/1"), bob);
        using var created = await _server.SendAsync(HttpMethod.Post, "/channels/rooms/1", admin, "1");
        var allowed = await _server.BayeuxAsync(SecuredServer.Publish(client, "/rooms/1"), bob);

        Assert.Equal("403:denied_by_security_policy:create_denied", (string?)denied["error"]);
        Assert.Equal(HttpStatusCode.OK, created.StatusCode);
        Assert.True((bool)allowed["successful"]!);
    }

    [Theory]
    [InlineData("GET", "/channels/news/a", null, HttpStatusCode.Unauthorized)]
    [InlineData("POST", "/channels/news/a", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/channels/news/a", "alice", HttpStatusCode.OK)]
    [InlineData("GET", "/channels/secret/a", "alice", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/channels/news/%2E%2E/secret/a", "alice", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/channels/secret/a/", "alice", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/channels/SECRET/a", "alice", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/channels/new%EF%BD%93/a", "alice", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/channels/news/a", "alice", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/channels/event/a", "admin", HttpStatusCode.Forbidden)]
    public async Task The_same_rules_hold_for_http(string method, string path, string? user, HttpStatusCode status)
    {
        using var response = await _server.SendAsync(
            HttpMethod.Parse(method), path, user is null ? null : SecuredServer.Basic(user), method == "POST" ? "1" : null);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count > 0);
    }

    [Fact]
    public async Task An_event_stream_needs_a_rule()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/secret/a") { Headers = { Authorization = SecuredServer.Basic("alice") } };
        request.Headers.Accept.ParseAdd("text/event-stream");

        using var response = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private async Task PublishAsync(string channel)
    {
        using var response = await _server.SendAsync(HttpMethod.Post, $"/channels{channel}", SecuredServer.Basic("bob"), "1");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
