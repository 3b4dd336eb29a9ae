using System.Net.Http.Headers;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>A session is its owner's: to everybody else there is none.</summary>
public sealed class SessionOwnerTests(SharedSecuredServer shared) : IClassFixture<SharedSecuredServer>
{
    private readonly SecuredServer _server = shared.Server;

    public static TheoryData<string?, string> Strangers
    {
        get
        {
            var data = new TheoryData<string?, string>();
            foreach (var user in new[] { null, "bob", "red/alice", "admin" })
            {
                foreach (var operation in new[] { "connect", "subscribe", "unsubscribe", "publish", "service", "disconnect" })
                {
                    data.Add(user, operation);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_session_is_unknown_to_others(string? user, string operation)
    {
        var alice = SecuredServer.Basic("alice");
        var client = await _server.HandshakeAsync(alice);

        var reply = await _server.BayeuxAsync(Message(operation, client), CredentialsOf(user));

        Assert.Equal("402::session_unknown", (string?)reply["error"]);
        Assert.True((bool)(await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/news/a"), alice))["successful"]!);
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("subscribe")]
    [InlineData("unsubscribe")]
    [InlineData("publish")]
    [InlineData("service")]
    [InlineData("disconnect")]
    public async Task A_session_is_unknown_to_others_on_a_socket(string operation)
    {
        var client = await _server.HandshakeAsync(SecuredServer.Basic("alice"));
        using var socket = await SecuredSocket.OpenAsync(_server, SecuredServer.Basic("red/alice"));

        await socket.SendAsync($"[{Message(operation, client)}]");
        var reply = await socket.NextAsync();

        Assert.Equal("402::session_unknown", (string?)reply["error"]);
    }

    [Fact]
    public async Task Messages_of_one_tenant_do_not_reach_another()
    {
        var red = SecuredServer.Basic("red/alice");
        var client = await _server.HandshakeAsync(red);
        await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/**"), red);
        await _server.BayeuxAsync(SecuredServer.Connect(client), red);

        (await _server.SendAsync(HttpMethod.Post, "/channels/news/tenants", SecuredServer.Basic("bob"), "\"default\"")).EnsureSuccessStatusCode().Dispose();
        (await _server.SendAsync(HttpMethod.Post, "/channels/news/tenants", red, "\"red\"")).EnsureSuccessStatusCode().Dispose();
        using var response = await _server.SendAsync(HttpMethod.Post, "/cometd", red, $"[{SecuredServer.Connect(client)}]");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Contains("\"red\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"default\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("red/alice")]
    public async Task A_handshake_s_own_credentials_serve_the_session(string user)
    {
        var token = (string)(await _server.TokenAsync(user))["access_token"]!;
        var client = await _server.HandshakeAsync(null, $$$"""{"authentication":{"token":"{{{token}}}"}}""");

        var subscribe = await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/news/a"));
        var connect = await _server.BayeuxAsync(SecuredServer.Connect(client));

        Assert.True((bool)subscribe["successful"]!, subscribe.ToJsonString());
        Assert.True((bool)connect["successful"]!, connect.ToJsonString());
    }

    [Fact]
    public async Task A_socket_s_handshake_may_bring_a_password()
    {
        using var socket = await SecuredSocket.OpenAsync(_server, null);

        await socket.SendAsync($"[{SecuredServer.Handshake($$$"""{"authentication":{"user":"red/alice","password":"{{{SecuredServer.Password}}}"}}""")}]");
        var client = (string)(await socket.NextAsync())["clientId"]!;
        await socket.SendAsync($"[{SecuredServer.Publish(client, "/any/thing")}]");

        Assert.True((bool)(await socket.NextAsync())["successful"]!);
    }

    [Theory]
    [InlineData("""{"authentication":{"user":"alice","password":"wrong"}}""")]
    [InlineData("""{"authentication":{"token":"nonsense"}}""")]
    [InlineData("""{"authentication":{}}""")]
    [InlineData("""{"authentication":7}""")]
    public async Task A_handshake_with_wrong_credentials_is_denied(string ext)
    {
        var reply = await _server.BayeuxAsync(SecuredServer.Handshake(ext));

        Assert.Equal("403::handshake_denied", (string?)reply["error"]);
    }

    private static AuthenticationHeaderValue? CredentialsOf(string? user) => user is null ? null : SecuredServer.Basic(user);

    private static string Message(string operation, string client) => operation switch
    {
        "connect" => SecuredServer.Connect(client),
        "subscribe" => SecuredServer.Subscribe(client, "/news/a"),
        "unsubscribe" => SecuredServer.Subscribe(client, "/news/a").Replace("/meta/subscribe", "/meta/unsubscribe", StringComparison.Ordinal),
        "service" => SecuredServer.Publish(client, "/service/a"),
        "publish" => SecuredServer.Publish(client, "/news/a"),
        _ => $$"""{"channel":"/meta/disconnect","clientId":"{{client}}"}""",
    };
}
