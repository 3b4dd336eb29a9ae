using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;

namespace Tidings.Conformance.Cases;

/// <summary>How a session ends: by disconnect or by silence.</summary>
static class SessionEndCases
{
    [Case(61, "A disconnect succeeds and releases the held connect at once with the advice not to reconnect")]
    static async Task Disconnect_releases_the_connect(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var held = await c.HeldAsync(client);
        Expect.Success(await client.DisconnectAsync());
        var exchange = await c.WithinAsync(c.Prompt, held, "the held connect");
        Expect.That(exchange.Replies.Any(), $"the held connect has no reply: {exchange}");
        Expect.Advice(exchange.Replies.First(), "reconnect", "none");
    }

    [Case(62, "After a disconnect every message of the session is 402")]
    static async Task Disconnected_session_is_unknown(CaseContext c)
    {
        var gone = await c.ConnectedAsync();
        Expect.Success(await gone.DisconnectAsync());
        var client = await c.ResumedAsync(gone);
        Expect.Error(await client.ConnectAsync(timeout: 0), 402);
        Expect.Error(await client.SubscribeAsync(c.Channel("a")), 402);
        Expect.Error(await client.PublishAsync(c.Channel("a"), 1), 402);
        Expect.Error(await client.DisconnectAsync(), 402);
    }

    [Case(63, "A session that does not connect in time is gone", Needs = Needs.Lifetime)]
    static async Task Silent_session_expires(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        await c.PassLifetimeAsync();
        Expect.Error(await (await c.ResumedAsync(client)).SubscribeAsync(c.Channel("a")));
    }

    [Case(64, "A publish inside the time extends it", Needs = Needs.Lifetime)]
    static async Task Publish_extends_the_session(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        for (var i = 0; i < 3; i++)
        {
            await c.PassAsync(c.Target.Lifetime!.Value / 2);
            Expect.Success(await client.PublishAsync(c.Channel("a"), i));
        }

        Expect.Success(await client.SubscribeAsync(c.Channel("a")));
    }

    [Case(65, "A session that never connects expires", Needs = Needs.Lifetime)]
    static async Task Handshake_alone_expires(CaseContext c)
    {
        var client = await c.HandshakenAsync();
        await c.PassLifetimeAsync();
        Expect.Error(await (await c.ResumedAsync(client)).ConnectAsync(timeout: 0));
    }

    [Case(66, "A session that announces a longer interval in its connect is kept for it", Needs = Needs.Lifetime)]
    static async Task Announced_interval_is_honoured(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var connect = client.ConnectMessage(timeout: 0);
        connect["advice"]!["interval"] = c.Target.Lifetime!.Value.TotalMilliseconds * 2;
        Expect.Success(await client.ReplyAsync(connect));
        await c.PassLifetimeAsync();
        Expect.Success(await (await c.ResumedAsync(client)).SubscribeAsync(c.Channel("a")));
    }

    [Case(99, "The connect of an expired session advises a handshake, never none", Needs = Needs.Lifetime)]
    static async Task Expired_session_is_told_to_handshake(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        await c.PassLifetimeAsync();
        var reply = Expect.Error(await (await c.ResumedAsync(client)).ConnectAsync(timeout: 0));
        Expect.Advice(reply, "reconnect", "handshake");
    }
}
