using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Gateway.Tests.Identity;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>The server's own users as SMC's.</summary>
public sealed class SmcUserTests : IAsyncLifetime
{
    private SecuredServer _server = null!;

    public async Task InitializeAsync() => _server = await SecuredServer.StartAsync(
        null, ("Smc:Domains:Red", "red"), ("Smc:Keys:0:Key", "configured"), ("Smc:Keys:0:User", "bob"), ("Smc:Keys:1:Key", "stranger"), ("Smc:Keys:1:User", "eve"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("alice", "", "alice")]
    [InlineData("alice", "Shared Domain", "alice")]
    [InlineData("alice", "Red", "alice")]
    public async Task A_user_logs_in_by_password(string user, string domain, string expected)
    {
        using var client = ClientOf();
        Assert.Equal(HttpStatusCode.OK, await LoginAsync(client, user, SecuredServer.Password, domain));
        var href = (string)JsonNode.Parse(await client.GetStringAsync("/7.2/current_user"))!["value"]!;
        Assert.Contains("/elements/admin_user/", href);
        Assert.Equal(expected, user);
    }

    [Theory]
    [InlineData("alice", "wrong", "")]
    [InlineData("nobody", SecuredServer.Password, "")]
    [InlineData("bob", SecuredServer.Password, "Red")]
    [InlineData("alice", SecuredServer.Password, "Unknown")]
    [InlineData("red/alice", SecuredServer.Password, "")]
    public async Task Others_do_not(string user, string password, string domain)
    {
        using var client = ClientOf();
        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(client, user, password, domain));
    }

    [Fact]
    public async Task A_user_may_what_the_roles_allow()
    {
        using var reader = ClientOf();
        Assert.Equal(HttpStatusCode.OK, await LoginAsync(reader, "alice", SecuredServer.Password, ""));
        Assert.Equal(HttpStatusCode.Forbidden, await CreateAsync(reader));

        using var all = ClientOf();
        Assert.Equal(HttpStatusCode.OK, await LoginAsync(all, "alice", SecuredServer.Password, "Red"));
        Assert.Equal(HttpStatusCode.Created, await CreateAsync(all));
    }

    [Fact]
    public async Task A_list_shows_what_its_reader_may_see_and_nothing_else()
    {
        using var writer = ClientOf();
        Assert.Equal(HttpStatusCode.OK, await LoginAsync(writer, "admin", SecuredServer.Password, ""));
        var hidden = await CreatedAsync(writer, "hidden");
        var shown = await CreatedAsync(writer, "shown");
        var id = shown[(shown.LastIndexOf('/') + 1)..];
        using var role = await _server.SendAsync(
            HttpMethod.Put, "/api/admin/tenants/default/roles/one", SecuredServer.Basic("admin"), $$"""{"subscribe":["/elements/host/{{id}}"]}""");
        role.EnsureSuccessStatusCode();
        using var user = await _server.SendAsync(
            HttpMethod.Put, "/api/admin/tenants/default/users/dave", SecuredServer.Basic("admin"), $$"""{"password":"{{SecuredServer.Password}}","roles":["one"]}""");
        user.EnsureSuccessStatusCode();

        using var reader = ClientOf();
        Assert.Equal(HttpStatusCode.OK, await LoginAsync(reader, "dave", SecuredServer.Password, ""));
        var list = await reader.GetStringAsync("/7.2/elements/host");

        Assert.Contains(shown, list, StringComparison.Ordinal);
        Assert.DoesNotContain(hidden, list, StringComparison.Ordinal);
        Assert.DoesNotContain("\"hidden\"", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_api_key_of_the_server_logs_in_until_it_is_deleted()
    {
        using var made = await _server.SendAsync(HttpMethod.Post, "/api/admin/tenants/red/users/alice/keys", SecuredServer.Basic("admin"), "{}");
        made.EnsureSuccessStatusCode();
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
        using var client = ClientOf();
        Assert.Equal(HttpStatusCode.OK, await KeyAsync(client, (string)key["key"]!));
        Assert.Equal(HttpStatusCode.Created, await CreateAsync(client));

        using var gone = await _server.SendAsync(HttpMethod.Delete, $"/api/admin/tenants/red/keys/{(string)key["id"]!}", SecuredServer.Basic("admin"));
        gone.EnsureSuccessStatusCode();
        await Server.Eventually.TrueAsync(async () => await CreateAsync(client) == HttpStatusCode.Unauthorized, "the end of the login");
    }

    [Fact]
    public async Task A_configured_key_gives_its_users_roles_and_a_strangers_none()
    {
        using var stranger = ClientOf();
        Assert.Equal(HttpStatusCode.OK, await KeyAsync(stranger, "stranger"));
        Assert.Equal(HttpStatusCode.Forbidden, await CreateAsync(stranger));
    }

    [Fact]
    public async Task Failed_logins_are_slowed()
    {
        await using var server = await SecuredServer.StartAsync(null, ("Rates:Loopback", "true"));
        using var client = new HttpClient { BaseAddress = server.Address };
        var statuses = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < 40 && !statuses.Contains(HttpStatusCode.TooManyRequests); attempt++)
        {
            statuses.Add(await KeyAsync(client, $"wrong-{attempt}"));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, statuses[0]);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
    }

    private HttpClient ClientOf() => new(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = _server.Address };

    private static async Task<HttpStatusCode> LoginAsync(HttpClient client, string user, string password, string domain)
    {
        using var body = Json("{}");
        using var response = await client.PostAsync(
            $"/7.2/lms_login?login={Uri.EscapeDataString(user)}&pwd={Uri.EscapeDataString(password)}&domain={Uri.EscapeDataString(domain)}", body);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> KeyAsync(HttpClient client, string key)
    {
        using var body = Json($$"""{"authenticationkey":"{{key}}"}""");
        using var response = await client.PostAsync("/7.2/login", body);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> CreateAsync(HttpClient client)
    {
        using var body = Json("""{"name":"h"}""");
        using var response = await client.PostAsync("/7.2/elements/host", body);
        return response.StatusCode;
    }

    private static async Task<string> CreatedAsync(HttpClient client, string name)
    {
        using var body = Json($$"""{"name":"{{name}}"}""");
        using var response = await client.PostAsync("/7.2/elements/host", body);
        return response.Headers.Location!.ToString();
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
