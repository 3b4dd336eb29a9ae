using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Identity.Storage;
using Tidings.Gateway.Tests.Hosting;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>What log-ins outlive, and what they do not.</summary>
public sealed class LogInLifeTests
{
    private const string Dave = "/api/admin/tenants/default/users/dave";

    [Theory]
    [InlineData("password")]
    [InlineData("user")]
    public async Task Tokens_and_cookies_end_with_the_password_they_began_with(string changed)
    {
        await using var server = await SecuredServer.StartAsync();
        await PutAsync(server, $$"""{"password":"{{SecuredServer.Password}}"}""");
        var token = await server.TokenAsync("dave");
        using var login = await server.SendAsync(HttpMethod.Post, "/login", SecuredServer.Basic("dave"));
        var cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, await WithCookieAsync(server, cookie));

        if (changed == "user")
        {
            // Another person, perhaps, of the same name.
            using var removed = await server.SendAsync(HttpMethod.Delete, Dave, SecuredServer.Basic("admin"));
        }

        await PutAsync(server, """{"password":"another password"}""");

        using var access = await server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer((string)token["access_token"]!));
        using var refresh = await server.FormAsync("/token", null, ("grant_type", "refresh_token"), ("refresh_token", (string)token["refresh_token"]!));
        Assert.Equal(HttpStatusCode.Unauthorized, access.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, refresh.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await WithCookieAsync(server, cookie));
    }

    /// <summary>A session that a password opened at one gateway goes on at another, which hashes configured passwords with a salt of its own.</summary>
    [Fact]
    public void A_configured_password_is_known_by_the_same_stamp_in_every_process()
    {
        var (one, other, changed) = (StampOf("secret"), StampOf("secret"), StampOf("Secret"));

        Assert.Equal(one, other);
        Assert.NotEqual(one, changed);
        Assert.DoesNotContain("secret", one, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_request_without_credentials_is_looked_at_once()
    {
        var storage = new CountingStorage(new MemoryIdentityStorage(TimeProvider.System));
        await using var server = await SecuredServer.StartAsync(builder => builder.Services.AddSingleton<IIdentityStorage>(storage));
        storage.Grant = """{"tenant":"default","user":"alice","expires":"2001-01-01T00:00:00Z"}""";

        Assert.Equal(HttpStatusCode.Unauthorized, await WithCookieAsync(server, "tidings=over"));

        // One that has ended is read again, since another gateway may have prolonged it.
        Assert.Equal(2, storage.Reads);
    }

    [Fact]
    public async Task One_user_s_log_ins_are_bounded_and_end_nobody_else_s()
    {
        await using var server = await SecuredServer.StartAsync(null, ("Limits:LoginsPerUser", "2"));
        var others = await server.TokenAsync("alice");
        var own = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            own.Add((string)(await server.TokenAsync("bob"))["access_token"]!);
        }

        async Task<HttpStatusCode> AskAsync(string token)
        {
            using var response = await server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer(token));
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(own[0]));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(own[1]));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(own[2]));
        Assert.Equal(HttpStatusCode.OK, await AskAsync((string)others["access_token"]!));
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/channels/news/a")]
    [InlineData("/api/admin/tenants")]
    [InlineData("/7.2/current_user")]
    [InlineData("/default/box")]
    public async Task A_store_that_does_not_answer_is_a_passing_state(string path)
    {
        var storage = new SilentStorage(new MemoryIdentityStorage(TimeProvider.System));
        await using var server = await SecuredServer.StartAsync(builder => builder.Services.AddSingleton<IIdentityStorage>(storage));
        storage.IsSilent = true;

        using var answer = await server.SendAsync(HttpMethod.Get, path, SecuredServer.Basic("red/unknown"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static string StampOf(string password) => new ConfiguredAccounts(
        new Fixed<Gateway.Identity.IdentityOptions>(new() { Users = { ["ann"] = new Gateway.Identity.UserOptions { Password = password } } }), new PasswordHasher<User>()).Find("default", "ann")!.Stamp;

    private static async Task PutAsync(SecuredServer server, string json)
    {
        using var response = await server.SendAsync(HttpMethod.Put, Dave, SecuredServer.Basic("admin"), json);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<HttpStatusCode> WithCookieAsync(SecuredServer server, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/login") { Headers = { { "Cookie", cookie } } };
        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
