using System.Net;
using Tidings.Gateway.Tests.Identity;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Administration;

/// <summary>What the server tells of itself: the server alone says it, and administrators alone hear it.</summary>
public sealed class SystemChannelTests(AdminServer admin) : IClassFixture<AdminServer>
{
    [Theory]
    [InlineData("admin", "/$SYS/cluster", true)]
    [InlineData("admin", "/$SYS/audit", true)]
    [InlineData("admin", "/$SYS/**", true)]
    [InlineData("red/chief", "/$SYS/audit", true)]
    [InlineData("red/chief", "/$SYS/figures", true)]
    [InlineData("red/alice", "/$SYS/figures", false)]
    [InlineData("red/chief", "/$SYS/cluster", false)]
    [InlineData("red/chief", "/$SYS/**", false)]
    [InlineData("red/alice", "/$SYS/audit", false)]
    [InlineData("bob", "/$SYS/audit", false)]
    [InlineData("bob", "/$SYS/*", false)]
    public async Task Subscribing_is_for_administrators(string user, string channel, bool may)
    {
        var secret = await admin.Server.HandshakeAsync(SecuredServer.Basic(user));

        var reply = await admin.Server.BayeuxAsync(SecuredServer.Subscribe(secret, channel), SecuredServer.Basic(user));

        Assert.Equal(may, (bool)reply["successful"]!);
    }

    [Fact]
    public async Task A_tenants_administrator_who_looks_is_told_its_figures_and_no_others()
    {
        await admin.SessionAsync("red/alice", "/figures/a");
        await admin.SessionAsync("bob", "/figures/a");

        await Eventually.TrueAsync(
            async () =>
            {
                Assert.Null((await admin.GetAsync("status", "red/chief"))["silos"]);
                await admin.PublishAsync("red/alice", "/figures/a", "1");
                var told = (await admin.GetAsync("messages/$SYS/figures?limit=1", "red/chief"))["messages"]!.AsArray();
                var sessions = (await admin.GetAsync("sessions?limit=1000", "red/chief"))["items"]!.AsArray().Count;
                return told is [{ } last] && (int)last["data"]!["sessions"]! == sessions && (double)last["data"]!["publishesPerSecond"]! > 0;
            },
            "The figures do not show what goes on.");
    }

    [Fact]
    public async Task Nobody_publishes_there()
    {
        var secret = await admin.Server.HandshakeAsync(SecuredServer.Basic("admin"));

        var reply = await admin.Server.BayeuxAsync(SecuredServer.Publish(secret, "/$SYS/cluster"), SecuredServer.Basic("admin"));
        using var rest = await admin.Server.SendAsync(HttpMethod.Post, "/channels/$SYS/audit", SecuredServer.Basic("admin"), "1");

        Assert.False((bool)reply["successful"]!);
        Assert.Equal(HttpStatusCode.Forbidden, rest.StatusCode);
    }

    [Fact]
    public async Task Who_subscribes_to_everything_does_not_get_them()
    {
        var (secret, _) = await admin.SessionAsync("admin", "/**");
        await ChangeAsync();
        await AuditedAsync("default/erin");

        await admin.PublishAsync("bob", "/news/after", "1");
        using var response = await admin.Server.SendAsync(HttpMethod.Post, "/cometd", SecuredServer.Basic("admin"), $"[{SecuredServer.Connect(secret)}]");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Contains("/news/after", text, StringComparison.Ordinal);
        Assert.DoesNotContain("$SYS", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_administrators_change_is_in_their_tenants_audit()
    {
        await ChangeAsync();

        await AuditedAsync("default/erin");
        Assert.Equal(HttpStatusCode.Forbidden, await admin.StatusAsync(HttpMethod.Get, "messages/$SYS/cluster", AdminServer.RedAdmin));
        Assert.DoesNotContain("default/erin", (await admin.GetAsync("messages/$SYS/audit?limit=100", AdminServer.RedAdmin)).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_operator_changes_in_a_tenant_is_in_its_audit_and_in_the_operator_s()
    {
        (await admin.SendAsync(HttpMethod.Put, "tenants/red/users/oda", AdminServer.Operator, """{"password":"a new secret"}""")).EnsureSuccessStatusCode().Dispose();
        (await admin.SendAsync(HttpMethod.Put, "tenants/red/users/oda", AdminServer.Operator, """{"disabled":true}""")).EnsureSuccessStatusCode().Dispose();
        (await admin.SendAsync(HttpMethod.Delete, "tenants/red/users/oda", AdminServer.Operator)).EnsureSuccessStatusCode().Dispose();

        foreach (var by in new[] { AdminServer.RedAdmin, AdminServer.Operator })
        {
            foreach (var action in new[] { "user.add", "user.disable", "user.remove" })
            {
                await AuditedAsync($"\"user\":\"default/admin\",\"action\":\"{action}\",\"target\":\"red/oda\"", by);
            }
        }
    }

    [Fact]
    public async Task A_failed_log_in_is_in_the_audit_of_the_account_s_tenant_alone()
    {
        (await admin.Server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Basic("red/alice", "wrong"))).Dispose();

        await AuditedAsync("red/alice", AdminServer.RedAdmin);
        (await admin.Server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Basic("bob", "wrong"))).Dispose();
        await AuditedAsync("default/bob");
        Assert.DoesNotContain("red/alice", (await admin.GetAsync("messages/$SYS/audit?limit=100")).ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("default/bob", (await admin.GetAsync("messages/$SYS/audit?limit=100", AdminServer.RedAdmin)).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_s_deed_in_another_tenant_is_no_namesake_s()
    {
        var (_, id) = await admin.SessionAsync("red/alice", "/news/ended");

        (await admin.SendAsync(HttpMethod.Delete, $"sessions/{id}", AdminServer.Operator)).EnsureSuccessStatusCode().Dispose();

        await AuditedAsync(id, AdminServer.RedAdmin);
        Assert.Contains("\"user\":\"default/admin\"", (await admin.GetAsync("messages/$SYS/audit?limit=100", AdminServer.RedAdmin)).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_refusal_of_somebody_unknown_makes_no_channel_of_a_tenant_that_is_none()
    {
        (await admin.Server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Basic("nobody/knows", "wrong"))).Dispose();

        await AuditedAsync("nobody/knows");
        Assert.Empty((await admin.GetAsync("channels?tenant=nobody"))["items"]!.AsArray());
    }

    private async Task ChangeAsync() => (await admin.SendAsync(
        HttpMethod.Put, "tenants/default/users/erin", AdminServer.Operator, """{"password":"a new secret","roles":["reader"]}""")).EnsureSuccessStatusCode().Dispose();

    private Task AuditedAsync(string what, string by = AdminServer.Operator) => Server.Eventually.TrueAsync(
        async () => (await admin.GetAsync("messages/$SYS/audit?limit=100", by)).ToJsonString().Contains(what, StringComparison.Ordinal), $"The audit does not tell of {what}.");
}
