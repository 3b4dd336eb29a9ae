using System.Net;
using Tidings.Gateway.Tests.Identity;

namespace Tidings.Gateway.Tests.Administration;

public sealed class SessionAdminTests(AdminServer admin) : IClassFixture<AdminServer>
{
    [Fact]
    public async Task A_session_is_found_by_user_and_shown_without_its_secret()
    {
        var (secret, id) = await admin.SessionAsync("bob", "/news/found");
        await admin.PublishAsync("bob", "/news/found", "1");

        var list = await admin.GetAsync($"sessions?query={id[..12]}");
        var byUser = await admin.GetAsync("sessions?query=BOB");
        var one = await admin.GetAsync($"sessions/{id}");

        var found = Assert.Single(list["items"]!.AsArray())!;
        Assert.Equal(("default", "bob", "bayeux", "long-polling", 1), ((string)found["tenant"]!, (string)found["user"]!, (string)found["protocol"]!, (string)found["transport"]!, (int)found["subscriptions"]!));
        Assert.Equal("127.0.0.1", (string?)found["peer"]);
        Assert.NotNull(found["opened"]);
        Assert.Contains(byUser["items"]!.AsArray(), session => (string?)session!["id"] == id);
        Assert.Equal("/news/found", (string?)one["channels"]![0]!["channel"]);
        Assert.All([list, byUser, one], answer => Assert.DoesNotContain(secret, answer.ToJsonString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_waits_for_a_client_is_told()
    {
        var (_, id) = await admin.SessionAsync("bob", "/news/waits");
        await admin.PublishAsync("bob", "/news/waits", "1");
        await admin.PublishAsync("bob", "/news/waits", "2");

        await Server.Eventually.TrueAsync(async () => (int?)(await admin.GetAsync($"sessions/{id}"))["pending"] == 2, "Two messages do not wait.");
        await Server.Eventually.TrueAsync(
            async () => (await admin.GetAsync($"sessions/{id}"))["channels"]![0] is { } held && (long?)held["head"] == 2 && (long?)held["cursor"] == 0,
            "The cursor is not two messages behind.");
    }

    [Fact]
    public async Task An_ended_session_is_gone_and_its_client_is_told_not_to_come_back()
    {
        var (secret, id) = await admin.SessionAsync("bob", "/news/ended");

        Assert.Equal(HttpStatusCode.NoContent, await admin.StatusAsync(HttpMethod.Delete, $"sessions/{id}"));

        Assert.Equal(HttpStatusCode.NotFound, await admin.StatusAsync(HttpMethod.Get, $"sessions/{id}"));
        Assert.Equal(HttpStatusCode.NotFound, await admin.StatusAsync(HttpMethod.Delete, $"sessions/{id}"));
        var reply = await admin.Server.BayeuxAsync(SecuredServer.Connect(secret), SecuredServer.Basic("bob"));
        Assert.False((bool)reply["successful"]!);
    }

    [Fact]
    public async Task An_administrator_of_a_tenant_sees_and_ends_its_sessions_alone()
    {
        var (_, mine) = await admin.SessionAsync("red/alice", "/a");
        var (_, foreign) = await admin.SessionAsync("bob", "/news/foreign");

        var list = (await admin.GetAsync("sessions?limit=1000", AdminServer.RedAdmin))["items"]!.AsArray();

        Assert.Contains(list, session => (string?)session!["id"] == mine);
        Assert.All(list, static session => Assert.Equal("red", (string?)session!["tenant"]));
        Assert.Equal(HttpStatusCode.NotFound, await admin.StatusAsync(HttpMethod.Get, $"sessions/{foreign}", AdminServer.RedAdmin));
        Assert.Equal(HttpStatusCode.NotFound, await admin.StatusAsync(HttpMethod.Delete, $"sessions/{foreign}", AdminServer.RedAdmin));
        Assert.Equal(HttpStatusCode.Forbidden, await admin.StatusAsync(HttpMethod.Get, "sessions?tenant=default", AdminServer.RedAdmin));
        Assert.Equal(HttpStatusCode.BadRequest, await admin.StatusAsync(HttpMethod.Get, "sessions?tenant=*", AdminServer.RedAdmin));
        Assert.Contains((await admin.GetAsync("sessions?tenant=red"))["items"]!.AsArray(), session => (string?)session!["id"] == mine);
        var everyone = (await admin.GetAsync("sessions?tenant=*&limit=1000"))["items"]!.AsArray().Select(static session => (string?)session!["id"]).ToList();
        Assert.Contains(mine, everyone);
        Assert.Contains(foreign, everyone);
    }

    [Fact]
    public async Task Pages_follow_one_another()
    {
        for (var n = 0; n < 3; n++)
        {
            await admin.SessionAsync("red/alice", "/pages");
        }

        var all = (await admin.GetAsync("sessions?tenant=red&limit=1000"))["items"]!.AsArray().Select(static session => (string)session!["id"]!).ToList();
        var paged = new List<string>();
        string? after = "";
        while (after is not null)
        {
            var page = await admin.GetAsync($"sessions?tenant=red&limit=2&after={after}");
            paged.AddRange(page["items"]!.AsArray().Select(static session => (string)session!["id"]!));
            after = (string?)page["next"];
        }

        Assert.Subset(paged.ToHashSet(), all.ToHashSet());
        Assert.Equal(paged.Order(StringComparer.Ordinal), paged);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("bob", HttpStatusCode.Forbidden)]
    public async Task Nobody_else_is_told_anything(string? user, HttpStatusCode status)
    {
        foreach (var path in (string[])["status", "sessions", "sessions/x", "channels", "channels/a", "messages/a"])
        {
            Assert.Equal(status, await admin.StatusAsync(HttpMethod.Get, path, user));
        }

        Assert.Equal(status, await admin.StatusAsync(HttpMethod.Delete, "sessions/x", user));
        Assert.Equal(status, await admin.StatusAsync(HttpMethod.Post, "gateways/x/drain", user));
    }

    [Theory]
    [InlineData("sessions?limit=0")]
    [InlineData("sessions?limit=1001")]
    [InlineData("sessions?limit=many")]
    [InlineData("channels?limit=1001")]
    [InlineData("channels?tenant=%2F")]
    [InlineData("messages/a?limit=0")]
    [InlineData("channels/a/*")]
    public async Task A_request_out_of_bounds_is_refused(string path) => Assert.Equal(HttpStatusCode.BadRequest, await admin.StatusAsync(HttpMethod.Get, path));
}
