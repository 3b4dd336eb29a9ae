using System.Net;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>What proves who calls, and what does not.</summary>
public sealed class CredentialTests(SharedSecuredServer shared) : IClassFixture<SharedSecuredServer>
{
    private readonly SecuredServer _server = shared.Server;

    [Theory]
    [InlineData("alice", "default")]
    [InlineData("default/alice", "default")]
    [InlineData("red/alice", "red")]
    public async Task Basic_names_a_user_and_perhaps_a_tenant(string name, string tenant)
    {
        using var response = await _server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Basic(name));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(tenant, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["tenant"]);
    }

    [Theory]
    [InlineData("Basic", "!!")]
    [InlineData("Basic", "YWxpY2U=")]
    [InlineData("Basic", "YWxpY2U6d3Jvbmc=")]
    [InlineData("Basic", "//8=")]
    [InlineData("Bearer", "x")]
    [InlineData("Bearer", "a.b.c")]
    [InlineData("Bearer", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOm51bGx9.AAAA")] // an issuer that is null
    [InlineData("Bearer", "tdk_0000_x")]
    [InlineData("Bearer", "tdk_")]
    [InlineData("Digest", "username=alice")]
    public async Task Wrong_credentials_are_refused_not_passed_over(string scheme, string parameter)
    {
        using var response = await _server.SendAsync(HttpMethod.Post, "/cometd", new(scheme, parameter), $"[{SecuredServer.Handshake()}]");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.NotEmpty(response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task A_huge_token_is_refused()
    {
        using var response = await _server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer(new string('a', 20_000)));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/token/introspect")]
    [InlineData("/token/revoke")]
    public async Task A_huge_form_is_refused(string path)
    {
        using var response = await _server.FormAsync(path, SecuredServer.Basic("alice"), ("token", new string('a', 100_000)));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_script_that_a_foreign_page_embeds_gets_nothing()
    {
        var handshake = Uri.EscapeDataString($"[{SecuredServer.Handshake()}]");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/cometd?jsonp=cb&message={handshake}") { Headers = { Authorization = SecuredServer.Basic("alice") } };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        request.Headers.Add("Sec-Fetch-Mode", "no-cors");

        using var response = await _server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain("clientId", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_stands_for_its_user()
    {
        var token = (string)(await _server.TokenAsync("red/alice"))["access_token"]!;

        using var response = await _server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer(token));

        Assert.Contains("\"tenant\":\"red\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_whose_end_was_changed_is_refused()
    {
        var parts = ((string)(await _server.TokenAsync("alice"))["access_token"]!).Split('.');
        var body = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1])).Replace("alice", "admin", StringComparison.Ordinal);
        var forged = $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(body))}.{parts[2]}";

        using var response = await _server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer(forged));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_refresh_token_is_good_once()
    {
        var first = await _server.TokenAsync("alice");
        var refresh = ("refresh_token", (string)first["refresh_token"]!);

        using var second = await _server.FormAsync("/token", null, ("grant_type", "refresh_token"), refresh);
        var pair = JsonNode.Parse(await second.Content.ReadAsStringAsync())!;
        using var before = await _server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer((string)pair["access_token"]!));
        using var again = await _server.FormAsync("/token", null, ("grant_type", "refresh_token"), refresh);
        using var after = await _server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer((string)pair["access_token"]!));

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        Assert.Contains("invalid_grant", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Someone else has the token: the whole log-in ends.
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Theory]
    [InlineData("invalid_grant", "password", "alice", "wrong")]
    [InlineData("invalid_grant", "password", "nobody", SecuredServer.Password)]
    [InlineData("invalid_grant", "password", "red/bob", SecuredServer.Password)]
    [InlineData("unsupported_grant_type", "magic", "alice", SecuredServer.Password)]
    public async Task A_token_request_that_fails_says_why_in_the_words_of_the_standard(string error, string grantType, string user, string password)
    {
        using var response = await _server.FormAsync("/token", null, ("grant_type", grantType), ("username", user), ("password", password));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(error, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]);
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("red/alice", false)]
    public async Task Introspection_tells_of_tokens_of_one_s_own_tenant(string asking, bool active)
    {
        var token = (string)(await _server.TokenAsync("bob"))["access_token"]!;

        using var response = await _server.FormAsync("/token/introspect", SecuredServer.Basic(asking), ("token", token));
        using var anonymous = await _server.FormAsync("/token/introspect", null, ("token", token));

        Assert.Equal(active, (bool)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["active"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    [Fact]
    public async Task A_cookie_stands_for_its_user_until_it_is_ended()
    {
        using var login = await _server.SendAsync(HttpMethod.Post, "/login", SecuredServer.Basic("alice"));
        var cookie = login.Headers.GetValues("Set-Cookie").Single();
        var pair = cookie.Split(';')[0];

        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, await WithCookieAsync(HttpMethod.Get, pair));
        Assert.Equal(HttpStatusCode.NoContent, await WithCookieAsync(HttpMethod.Delete, pair));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithCookieAsync(HttpMethod.Get, pair));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithCookieAsync(HttpMethod.Get, "tidings=guessed"));
    }

    private async Task<HttpStatusCode> WithCookieAsync(HttpMethod method, string cookie)
    {
        using var request = new HttpRequestMessage(method, "/login") { Headers = { { "Cookie", cookie } } };
        using var response = await _server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
