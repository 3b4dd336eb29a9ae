using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Users of other issuers are none of this server's, whatever they are called, unless the configuration says so.</summary>
public sealed class ForeignUserTests : IAsyncLifetime
{
    private static readonly AuthenticationHeaderValue Admin = SecuredServer.Basic("admin");
    private static readonly AuthenticationHeaderValue Dave = SecuredServer.Basic("dave");
    private readonly string _directory = Directory.CreateTempSubdirectory("tidings-issuers-").FullName;
    private readonly ECDsaSecurityKey _key = ForeignTokens.NewKey("key");
    private SecuredServer _server = null!;

    public async Task InitializeAsync()
    {
        var file = Path.Combine(_directory, "keys");
        await File.WriteAllTextAsync(file, ForeignTokens.KeySet(_key));
        _server = await SecuredServer.StartAsync(
            null,
            [.. Issuer("corp", ForeignTokens.Issuer, file), .. Issuer("twin", "https://twin.example", file), .. Issuer("ours", "https://ours.example", file), ("Issuers:ours:SharesUsers", "true")]);
        await PutAsync("dave", $$"""{"password":"{{SecuredServer.Password}}","roles":["reader"]}""");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(ForeignTokens.Issuer, "corp:dave")]
    [InlineData("https://twin.example", "twin:dave")]
    [InlineData("https://ours.example", "dave")]
    public async Task A_user_of_an_issuer_is_called_by_both_unless_the_issuer_shares_users(string issuer, string name)
    {
        using var response = await _server.SendAsync(HttpMethod.Get, "/login", Token(issuer));

        Assert.Equal(name, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["user"]);
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("subscribe")]
    [InlineData("publish")]
    [InlineData("disconnect")]
    public async Task Whoever_is_called_alike_elsewhere_has_no_part_in_a_session(string operation)
    {
        AuthenticationHeaderValue[] all = [Dave, Token(ForeignTokens.Issuer), Token("https://twin.example")];
        foreach (var owner in all)
        {
            var client = await _server.HandshakeAsync(owner);
            foreach (var other in all.Where(other => other != owner))
            {
                var reply = await _server.BayeuxAsync(Message(operation, client), other);

                Assert.Equal("402::session_unknown", (string?)reply["error"]);
            }

            Assert.True((bool)(await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/news/a"), owner))["successful"]!);
        }
    }

    [Fact]
    public async Task A_session_of_shared_users_is_one_whichever_way_its_owner_logs_in()
    {
        var client = await _server.HandshakeAsync(Dave);

        Assert.True((bool)(await _server.BayeuxAsync(SecuredServer.Subscribe(client, "/news/a"), Token("https://ours.example")))["successful"]!);
    }

    [Theory]
    [InlineData("dave", "https://ours.example", ForeignTokens.Issuer)]
    [InlineData("corp:dave", ForeignTokens.Issuer, "https://twin.example")]
    public async Task To_disable_a_user_ends_what_is_the_users_and_nothing_else(string user, string disabled, string left)
    {
        var (gone, stays) = (await _server.HandshakeAsync(Token(disabled)), await _server.HandshakeAsync(Token(left)));

        await PutAsync(user, """{"disabled":true}""");

        await Eventually.TrueAsync(() => Holds(gone) is false, "The disabled user's session stayed.");
        using var refused = await _server.SendAsync(HttpMethod.Get, "/channels/news/a", Token(disabled));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("403::handshake_denied", (string?)(await _server.BayeuxAsync(SecuredServer.Handshake($$$"""{"authentication":{"token":"{{{Token(disabled).Parameter}}}"}}""")))["error"]);
        Assert.True((bool)(await _server.BayeuxAsync(SecuredServer.Subscribe(stays, "/news/a"), Token(left)))["successful"]!);
    }

    [Fact]
    public async Task Nobody_of_a_disabled_tenant_comes_in_by_a_token()
    {
        var file = Path.Combine(_directory, "keys");
        await using var server = await SecuredServer.StartAsync(null, [.. Issuer("corp", ForeignTokens.Issuer, file), ("Issuers:corp:TenantClaim", "tid")]);
        var token = SecuredServer.Bearer(ForeignTokens.New(_key, tenant: "blue"));
        using var before = await server.SendAsync(HttpMethod.Get, "/login", token);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        using var change = await server.SendAsync(HttpMethod.Put, "/api/admin/tenants/blue", Admin, """{"disabled":true}""");
        Assert.Equal(HttpStatusCode.OK, change.StatusCode);

        using var after = await server.SendAsync(HttpMethod.Get, "/login", token);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Theory]
    [InlineData("PUT", "users/corp:dave", """{"password":"long enough"}""")]
    [InlineData("PUT", "users/corp:dave", """{"roles":["admin"]}""")]
    [InlineData("POST", "users/corp:dave/keys", null)]
    public async Task A_user_of_an_issuer_gets_no_credentials_and_no_roles_here(string method, string path, string? json)
    {
        await PutAsync("corp:dave", """{"disabled":false}""");

        using var response = await _server.SendAsync(new HttpMethod(method), $"/api/admin/tenants/default/{path}", Admin, json);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_token_that_has_ended_is_refused_however_clocks_differ_and_one_that_begins_soon_is_not()
    {
        using var ended = await _server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer(ForeignTokens.New(_key, until: -2)));
        using var soon = await _server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer(ForeignTokens.New(_key, from: 10)));

        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);
        Assert.Equal(HttpStatusCode.OK, soon.StatusCode);
    }

    /// <summary>A session may outlive the gateway that took its token, and the issuer's place in the configuration.</summary>
    [Theory]
    [InlineData("corp", true)]
    [InlineData("former", false)]
    public async Task A_token_holds_as_long_as_its_issuer_is_configured(string issuer, bool holds)
    {
        var caller = new Caller("default", $"{issuer}:dave", ["reader"], $"issuer:{issuer}", DateTimeOffset.UtcNow.AddMinutes(1));

        Assert.Equal(holds, await _server.Services.GetRequiredService<CallerCheck>().RefreshAsync(caller) is not null);
    }

    private static (string Key, string Value)[] Issuer(string name, string issuer, string file) =>
    [
        ($"Issuers:{name}:Issuer", issuer),
        ($"Issuers:{name}:Audience", ForeignTokens.Audience),
        ($"Issuers:{name}:KeyFile", file),
    ];

    private AuthenticationHeaderValue Token(string issuer) => SecuredServer.Bearer(ForeignTokens.New(_key, user: "dave", issuer: issuer));

    private bool Holds(string client) =>
        _server.Services.GetRequiredService<Gateway.Sessions.GatewayHub>().Find("default", SessionId.PublicOf(client)) is not null;

    private async Task PutAsync(string user, string json)
    {
        using var response = await _server.SendAsync(HttpMethod.Put, $"/api/admin/tenants/default/users/{user}", Admin, json);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static string Message(string operation, string client) => operation switch
    {
        "connect" => SecuredServer.Connect(client),
        "subscribe" => SecuredServer.Subscribe(client, "/news/a"),
        "publish" => SecuredServer.Publish(client, "/news/a"),
        _ => $$"""{"channel":"/meta/disconnect","clientId":"{{client}}"}""",
    };
}
