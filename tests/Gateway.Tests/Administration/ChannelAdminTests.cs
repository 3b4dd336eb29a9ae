using System.Net;

namespace Tidings.Gateway.Tests.Administration;

public sealed class ChannelAdminTests(AdminServer admin) : IClassFixture<AdminServer>
{
    [Fact]
    public async Task Channels_are_listed_with_what_their_logs_hold_and_who_listens()
    {
        await admin.PublishAsync("bob", "/news/list/b", "{\"n\":1}");
        await admin.PublishAsync("bob", "/news/list/b", "2");
        await admin.PublishAsync("bob", "/news/list/a", "3");
        await admin.SessionAsync("bob", "/news/list/*");

        var list = await admin.GetAsync("channels?query=/news/list/&limit=1");
        var rest = await admin.GetAsync($"channels?query=/news/list/&limit=1&after={list["next"]}");

        Assert.Equal("/news/list/a", (string?)list["items"]![0]!["name"]);
        var second = Assert.Single(rest["items"]!.AsArray())!;
        Assert.Equal(("/news/list/b", 2, 1), ((string)second["name"]!, (int)second["head"]!, (int)second["first"]!));
        Assert.InRange((int)second["subscribers"]!, 1, 2);
        Assert.True((double)second["rate"]! > 0);
        Assert.Null((await admin.GetAsync("channels?query=/news/list/**"))["next"]);
    }

    [Fact]
    public async Task A_channel_is_shown_and_an_unknown_one_is_not_found()
    {
        await admin.PublishAsync("bob", "/news/show me", "1");
        await admin.SessionAsync("bob", "/news/**");

        var channel = await admin.GetAsync("channels/news/show%20me");

        Assert.Equal("/news/show me", (string?)channel["name"]);
        Assert.Contains("/news/**", channel["patterns"]!.AsArray().Select(static pattern => (string?)pattern));
        Assert.Single(channel["silos"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, await admin.StatusAsync(HttpMethod.Get, "channels/news/nobody/ever"));
    }

    [Fact]
    public async Task The_last_messages_are_peeked_at()
    {
        for (var n = 1; n <= 5; n++)
        {
            await admin.PublishAsync("bob", "/news/peek", $"{{\"n\":{n}}}");
        }

        var last = await admin.GetAsync("messages/news/peek?limit=2");
        var first = await admin.GetAsync("messages/news/peek?after=0&limit=1");

        Assert.Equal([4, 5], last["messages"]!.AsArray().Select(static message => (int)message!["data"]!["n"]!));
        Assert.Equal([1], first["messages"]!.AsArray().Select(static message => (int)message!["data"]!["n"]!));
        Assert.Equal(5, (int)last["head"]!);
    }

    [Fact]
    public async Task A_tenants_channels_are_its_own_administrators_and_operators()
    {
        await admin.PublishAsync("red/alice", "/plans", "1");
        await admin.PublishAsync("bob", "/news/own", "1");

        Assert.DoesNotContain("/news/own", (await admin.GetAsync("channels", AdminServer.RedAdmin)).ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("/plans", (await admin.GetAsync("channels?tenant=red")).ToJsonString(), StringComparison.Ordinal);
        Assert.Single((await admin.GetAsync("messages/plans?tenant=red"))["messages"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, await admin.StatusAsync(HttpMethod.Get, "channels/news/own", AdminServer.RedAdmin));
        Assert.Equal(HttpStatusCode.Forbidden, await admin.StatusAsync(HttpMethod.Get, "channels/news/own?tenant=default", AdminServer.RedAdmin));
        Assert.Equal(HttpStatusCode.Forbidden, await admin.StatusAsync(HttpMethod.Get, "messages/news/own?tenant=default", AdminServer.RedAdmin));
    }
}
