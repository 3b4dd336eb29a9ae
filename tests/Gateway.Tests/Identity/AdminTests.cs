using System.Net;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Who may manage what.</summary>
public sealed class AdminTests : IAsyncLifetime
{
    private SecuredServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await SecuredServer.StartAsync(
            null, ("Users:red/boss:Password", SecuredServer.Password), ("Users:red/boss:Roles:0", "admin"), ("Users:red/boss:Roles:1", "operator"));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(null, "GET", "/api/admin/tenants", null, HttpStatusCode.Unauthorized)]
    [InlineData("alice", "GET", "/api/admin/tenants", null, HttpStatusCode.Forbidden)]
    [InlineData("admin", "GET", "/api/admin/tenants", null, HttpStatusCode.OK)]
    [InlineData("admin", "PUT", "/api/admin/tenants/blue", "{}", HttpStatusCode.OK)]
    [InlineData("red/boss", "GET", "/api/admin/tenants/red", null, HttpStatusCode.OK)]
    [InlineData("red/boss", "GET", "/api/admin/tenants/default", null, HttpStatusCode.Forbidden)]
    [InlineData("red/boss", "GET", "/api/admin/tenants/default/users", null, HttpStatusCode.Forbidden)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/blue", "{}", HttpStatusCode.Forbidden)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/users/new", """{"password":"long enough","roles":["operator"]}""", HttpStatusCode.Forbidden)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/users/new", """{"password":"long enough","roles":["everything"]}""", HttpStatusCode.OK)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/users/new", """{"password":"short"}""", HttpStatusCode.BadRequest)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/users/a%2Fb", """{"password":"long enough"}""", HttpStatusCode.BadRequest)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/users/alice", """{"disabled":true}""", HttpStatusCode.Conflict)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/roles/everything", """{}""", HttpStatusCode.Conflict)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/roles/new", """{"subscribe":["/a/**/b"]}""", HttpStatusCode.BadRequest)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/roles/new", """{"subscribe":null}""", HttpStatusCode.BadRequest)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/roles/new", """{"publish":[null]}""", HttpStatusCode.BadRequest)]
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/roles/admin", """{}""", HttpStatusCode.Conflict)]
    [InlineData("admin", "DELETE", "/api/admin/tenants/default", null, HttpStatusCode.Forbidden)]
    public async Task Administrators_manage_what_is_theirs(string? user, string method, string path, string? json, HttpStatusCode status)
    {
        using var response = await _server.SendAsync(HttpMethod.Parse(method), path, user is null ? null : SecuredServer.Basic(user), json);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Roles_of_a_tenant_are_bounded()
    {
        await using var server = await SecuredServer.StartAsync(null, ("Limits:RoleBytesPerTenant", "4096"));
        var admin = SecuredServer.Basic("admin");
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++)
        {
            using var put = await server.SendAsync(HttpMethod.Put, $"/api/admin/tenants/red/roles/r{i}", admin, $$"""{"subscribe":["/{{new string('a', 200)}}"]}""");
            statuses.Add(put.StatusCode);
        }

        using var smaller = await server.SendAsync(HttpMethod.Delete, "/api/admin/tenants/red/roles/r0", admin);
        using var again = await server.SendAsync(HttpMethod.Put, "/api/admin/tenants/red/roles/r20", admin, "{}");
        using var other = await server.SendAsync(HttpMethod.Put, "/api/admin/tenants/default/roles/r0", admin, "{}");

        Assert.Equal(HttpStatusCode.OK, statuses[0]);
        Assert.Equal(HttpStatusCode.Conflict, statuses[^1]);
        Assert.Equal(HttpStatusCode.NoContent, smaller.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Users_and_keys_of_a_tenant_are_bounded()
    {
        await using var server = await SecuredServer.StartAsync(null, ("Limits:UsersPerTenant", "10"), ("Limits:KeysPerTenant", "3"));
        var admin = SecuredServer.Basic("admin");
        Task<HttpResponseMessage> PutAsync(string tenant, string user) =>
            server.SendAsync(HttpMethod.Put, $"/api/admin/tenants/{tenant}/users/{user}", admin, """{"password":"long-enough"}""");
        async Task<HttpStatusCode[]> TimesAsync(int times, Func<int, Task<HttpResponseMessage>> send)
        {
            var statuses = new List<HttpStatusCode>();
            for (var i = 0; i < times; i++)
            {
                using var answer = await send(i);
                statuses.Add(answer.StatusCode);
            }

            return [.. statuses];
        }

        var users = await TimesAsync(12, i => PutAsync("red", $"u{i}"));
        var keys = await TimesAsync(5, _ => server.SendAsync(HttpMethod.Post, "/api/admin/tenants/red/users/u0/keys", admin));
        using var known = await PutAsync("red", "u0");
        using var other = await PutAsync("default", "u0");
        using var removed = await server.SendAsync(HttpMethod.Delete, "/api/admin/tenants/red/users/u1", admin);
        using var after = await PutAsync("red", "u20");

        Assert.Equal(HttpStatusCode.OK, users[0]);
        Assert.Equal(HttpStatusCode.Conflict, users[^1]);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.Conflict], keys);
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Changes_made_at_once_are_all_kept()
    {
        var admin = SecuredServer.Basic("admin");
        var roles = Enumerable.Range(0, 8).Select(i => $"team{i}").ToList();

        var answers = await Task.WhenAll(roles.Select(role => _server.SendAsync(
            HttpMethod.Put, $"/api/admin/tenants/red/roles/{role}", admin, $$"""{"subscribe":["/{{role}}/**"]}""")));

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        using var tenant = await _server.SendAsync(HttpMethod.Get, "/api/admin/tenants/red", admin);
        var text = await tenant.Content.ReadAsStringAsync();
        Assert.All(roles, role => Assert.Contains($"/{role}/**", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/api/admin/tenants/red", "/api/admin/tenants/red/roles/mine", """{"publish":["/a"]}""")]
    [InlineData("/api/admin/tenants/red/users/frank", "/api/admin/tenants/red/users/frank", """{"disabled":true}""")]
    public async Task A_change_to_a_state_that_is_past_is_not_made(string shown, string changed, string json)
    {
        using var made = await _server.SendAsync(HttpMethod.Put, "/api/admin/tenants/red/users/frank", SecuredServer.Basic("admin"), """{"password":"long enough"}""");
        using var seen = await _server.SendAsync(HttpMethod.Get, shown, SecuredServer.Basic("admin"));
        var state = seen.Headers.ETag!.Tag;

        using var first = await IfMatchAsync(changed, json, state);
        using var second = await IfMatchAsync(changed, json, state);
        using var again = await IfMatchAsync(changed, json, first.Headers.ETag!.Tag);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("/api/admin/tenants/green", "{}", """{"disabled":true}""")]
    [InlineData("/api/admin/tenants/red/users/heidi", """{"password":"long enough"}""", """{"disabled":true}""")]
    public async Task What_was_changed_meanwhile_is_not_removed(string path, string made, string changed)
    {
        using var first = await _server.SendAsync(HttpMethod.Put, path, SecuredServer.Basic("admin"), made);
        using var second = await _server.SendAsync(HttpMethod.Put, path, SecuredServer.Basic("admin"), changed);

        using var past = await IfMatchAsync(path, null, first.Headers.ETag!.Tag, HttpMethod.Delete);
        using var left = await _server.SendAsync(HttpMethod.Get, path, SecuredServer.Basic("admin"));
        using var now = await IfMatchAsync(path, null, second.Headers.ETag!.Tag, HttpMethod.Delete);
        using var gone = await _server.SendAsync(HttpMethod.Delete, path, SecuredServer.Basic("admin"));

        Assert.Equal(HttpStatusCode.PreconditionFailed, past.StatusCode);
        Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, now.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task What_a_removed_tenant_left_is_not_the_next_one_s()
    {
        const string Path = "/api/admin/tenants/green";
        var admin = SecuredServer.Basic("admin");
        async Task<HttpStatusCode> AskAsync(HttpMethod method, string path, string? json)
        {
            using var response = await _server.SendAsync(method, path, admin, json);
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(HttpMethod.Delete, Path, null));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(HttpMethod.Put, Path, "{}"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(HttpMethod.Put, Path, "{}"));
        Assert.Equal(HttpStatusCode.NoContent, await AskAsync(HttpMethod.Delete, Path, null));

        Assert.Equal(HttpStatusCode.Conflict, await AskAsync(HttpMethod.Put, Path, "{}"));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(HttpMethod.Put, Path + "/roles/r", "{}"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(HttpMethod.Put, Path, """{"again":true}"""));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(HttpMethod.Put, Path, """{"disabled":true}"""));
    }

    [Theory]
    [InlineData("devicebootstrap")]
    [InlineData("operator")]
    public async Task Only_an_operator_gives_roles_that_reach_beyond_a_tenant(string role)
    {
        const string Path = "/api/admin/tenants/red/users/grace";
        var json = $$"""{"password":"long enough","roles":["{{role}}"]}""";
        using var denied = await _server.SendAsync(HttpMethod.Put, Path, SecuredServer.Basic("red/boss"), json);
        using var made = await _server.SendAsync(HttpMethod.Put, Path, SecuredServer.Basic("admin"), json);
        using var key = await _server.SendAsync(HttpMethod.Post, Path + "/keys", SecuredServer.Basic("red/boss"), "{}");
        using var taken = await _server.SendAsync(HttpMethod.Put, Path, SecuredServer.Basic("red/boss"), """{"password":"another one"}""");
        using var own = await _server.SendAsync(HttpMethod.Post, Path + "/keys", SecuredServer.Basic("admin"), "{}");
        var revocation = $"/api/admin/tenants/red/keys/{JsonNode.Parse(await own.Content.ReadAsStringAsync())!["id"]}";
        using var revoked = await _server.SendAsync(HttpMethod.Delete, revocation, SecuredServer.Basic("red/boss"));
        using var gone = await _server.SendAsync(HttpMethod.Delete, revocation, SecuredServer.Basic("admin"));

        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, key.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, taken.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
    }

    [Fact]
    public async Task No_answer_shows_a_password_or_its_hash()
    {
        using var response = await _server.SendAsync(HttpMethod.Get, "/api/admin/tenants/default/users", SecuredServer.Basic("admin"));

        Assert.DoesNotContain("password", await response.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<HttpResponseMessage> IfMatchAsync(string path, string? json, string state, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Put, path)
        {
            Headers = { { "Authorization", SecuredServer.Basic("admin").ToString() }, { "If-Match", state } },
            Content = json is null ? null : new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
        };
        return await _server.Http.SendAsync(request);
    }

    [Fact]
    public async Task The_description_has_the_administration()
    {
        using var response = await _server.SendAsync(HttpMethod.Get, "/openapi/v1.json");

        Assert.Contains("/api/admin/tenants/{tenant}/users/{user}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
