using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Cases;

/// <summary>The browser cookie: off it is absent, on it binds sessions to a browser and tells its tabs apart.</summary>
static class CookieCases
{
    const string Cookie = "BAYEUX_BROWSER=";

    [Case(10, "A handshake sets the browser cookie once, HttpOnly for the path /, and reuses a cookie it is sent", On.Http, Profile = Profile.Cookie)]
    static async Task Handshake_sets_the_cookie_once(CaseContext c)
    {
        var client = await c.ClientAsync();
        var first = await HandshakeAsync(c, client);
        var cookie = first.SetCookies.SingleOrDefault(value => value.StartsWith(Cookie, StringComparison.Ordinal)) ?? "";
        Expect.That(cookie.Contains("httponly", StringComparison.OrdinalIgnoreCase), $"the cookie should be HttpOnly: {cookie}");
        Expect.That(cookie.Contains("path=/", StringComparison.OrdinalIgnoreCase), $"the cookie should have the path /: {cookie}");

        var second = await HandshakeAsync(c, client);
        Expect.That(second.SetCookies.All(value => value.StartsWith(cookie.Split(';')[0], StringComparison.Ordinal)), "a second handshake gives another cookie");
        Expect.Success(await client.ConnectAsync(timeout: 0));
    }

    [Case(10, "Without the browser-cookie option no cookie is set", On.Http, Part = "a")]
    static async Task No_cookie_by_default(CaseContext c)
    {
        var client = await c.ClientAsync();
        Expect.That((await HandshakeAsync(c, client)).SetCookies.Count == 0, "the handshake sets a cookie");
        Expect.That((await client.SendAsync(client.ConnectMessage(timeout: 0))).SetCookies.Count == 0, "the connect sets a cookie");
    }

    [Case(24, "Of two sessions with one cookie the second connect is answered at once: multiple-clients, interval 2000, retry", On.LongPolling, Profile = Profile.Cookie)]
    static async Task Second_tab_polls_at_intervals(CaseContext c)
    {
        var (first, second) = await TabsAsync(c, await c.WireAsync());
        var held = await HeldAsync(c, first, second);
        Surplus(Expect.Success(await c.WithinAsync(c.Prompt, second.ConnectAsync(), "the second tab's connect")));
        Expect.That(!held.IsCompleted, "the first tab's connect is no longer held");
    }

    [Case(25, "With an interval of 0 for surplus tabs their connect fails, with the advice not to reconnect", On.LongPolling, Profile = Profile.Switches)]
    static async Task Second_tab_is_turned_away(CaseContext c)
    {
        var (first, second) = await TabsAsync(c, await c.WireAsync());
        _ = await HeldAsync(c, first, second);
        var reply = await c.WithinAsync(c.Prompt, second.ConnectAsync(), "the second tab's connect");
        Expect.Same(false, reply["successful"], "successful");
        Expect.Advice(reply, "reconnect", "none");
    }

    [Case(26, "After the first tab has left, the second tab's connect is held", On.LongPolling, Profile = Profile.Cookie)]
    static async Task Second_tab_succeeds_the_first(CaseContext c)
    {
        var (first, second) = await TabsAsync(c, await c.WireAsync());
        var held = await HeldAsync(c, first, second);
        Surplus(await second.ConnectAsync());
        Expect.Success(await first.DisconnectAsync());
        await c.WithinAsync(c.Prompt, held, "the end of the first tab's connect");

        var waited = Stopwatch.StartNew();
        Expect.Success(await second.ConnectAsync());
        Expect.That(waited.Elapsed >= c.Target.Hold * 0.9, $"the second tab's connect was answered after {waited.ElapsedMilliseconds} ms");
    }

    [Case(27, "Over HTTP/2 every tab's connect is held", On.LongPolling, Profile = Profile.Cookie, Needs = Needs.Http2)]
    static async Task Tabs_are_not_counted_over_http2(CaseContext c)
    {
        var (first, second) = await TabsAsync(c, c.Owned(new LongPollingWire(c.Target.Http2Endpoint!, version: HttpVersion.Version20)));
        _ = await HeldAsync(c, first, second);
        var waited = Stopwatch.StartNew();
        Expect.Success(await second.ConnectAsync());
        Expect.That(waited.Elapsed >= c.Target.Hold * 0.9, $"the second tab's connect was answered after {waited.ElapsedMilliseconds} ms");
    }

    [Case(52, "A client id with another browser's cookie, or with none, is 402", On.Http, Profile = Profile.Cookie)]
    static async Task Client_id_without_its_cookie_is_unknown(CaseContext c)
    {
        var (client, thief) = (await c.ConnectedAsync(), await c.ConnectedAsync());
        thief.Id = client.Id;
        Expect.Error(await thief.PublishAsync(c.Channel("a"), 1), 402);
        Expect.UnknownSession(await (await c.StrangerAsync(client.Id)).ConnectAsync(timeout: 0));
        Expect.Success(await client.ConnectAsync(timeout: 0));
    }

    [Case(53, "When the client id alone is trusted, the cookie may be missing", On.Http, Profile = Profile.Switches)]
    static async Task Trusted_client_id_needs_no_cookie(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        Expect.Success(await (await c.StrangerAsync(client.Id)).ConnectAsync(timeout: 0));
    }

    static async Task<Exchange> HandshakeAsync(CaseContext c, BayeuxClient client)
    {
        var request = Messages.Handshake(c.Transport);
        var exchange = await client.SendAsync(request);
        client.Id = (string?)Expect.Success(exchange.ReplyTo(request))["clientId"] ?? "";
        return exchange;
    }

    static async Task<(BayeuxClient First, BayeuxClient Second)> TabsAsync(CaseContext c, IBayeuxWire browser)
    {
        var tabs = (First: new BayeuxClient(c, browser), Second: new BayeuxClient(c, browser));
        foreach (var tab in new[] { tabs.First, tabs.Second })
        {
            await tab.HandshakeAsync();
            Expect.Success(await tab.ConnectAsync(timeout: 0));
        }

        return tabs;
    }

    /// <summary>The first tab's connect, held: the second tab's exchange after it gives it time to arrive.</summary>
    static async Task<Task<Exchange>> HeldAsync(CaseContext c, BayeuxClient first, BayeuxClient second)
    {
        var held = await c.HeldAsync(first);
        Expect.Success(await second.SubscribeAsync(c.Channel("a")));
        Expect.That(!held.IsCompleted, "the first tab's connect is not held");
        return held;
    }

    static void Surplus(JsonObject reply)
    {
        Expect.Advice(reply, "multiple-clients", true);
        Expect.Advice(reply, "interval", 2000);
        Expect.Advice(reply, "reconnect", "retry");
    }
}
