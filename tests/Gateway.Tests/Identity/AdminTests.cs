using System.Net;

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
    [InlineData("red/boss", "PUT", "/api/admin/tenants/red/roles/admin", """{}""", HttpStatusCode.Conflict)]
    [InlineData("admin", "DELETE", "/api/admin/tenants/default", null, HttpStatusCode.Forbidden)]
    public async Task Administrators_manage_what_is_theirs(string? user, string method, string path, string? json, HttpStatusCode status)
    {
        using var response = await _server.SendAsync(HttpMethod.Parse(method), path, user is null ? null : SecuredServer.Basic(user), json);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task No_answer_shows_a_password_or_its_hash()
    {
        using var response = await _server.SendAsync(HttpMethod.Get, "/api/admin/tenants/default/users", SecuredServer.Basic("admin"));

        Assert.DoesNotContain("password", await response.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_description_has_the_administration()
    {
        using var response = await _server.SendAsync(HttpMethod.Get, "/openapi/v1.json");

        Assert.Contains("/api/admin/tenants/{tenant}/users/{user}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
