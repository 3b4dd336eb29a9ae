using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Tidings.Browser;

[Collection(BrowserCollection.Name)]
public sealed partial class ConnectionTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Without_websocket_the_page_falls_back_to_long_polling()
    {
        await using var page = await fixture.NewPageAsync();
        await page.Page.AddInitScriptAsync("delete globalThis.WebSocket");
        await page.OpenAsync(fixture.Gateway);

        await Expect(page.Transport).ToHaveTextAsync("Long-polling");
        await page.Button("Send a first message").ClickAsync();
        await Expect(page.Message("Hello from Tidings")).ToHaveCountAsync(1);
        await DemoPage.PostAsync(new Uri(fixture.Gateway, "/channels/demo/polled"), "\"while a poll is held\"");
        await Expect(page.Message("while a poll is held")).ToHaveCountAsync(1);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Blocked_websocket_handshakes_fall_back_to_long_polling()
    {
        await using var page = await fixture.NewPageAsync();
        await page.Page.AddInitScriptAsync(
            "globalThis.WebSocket = class { constructor() { setTimeout(() => this.onclose(), 0); } close() { } }");
        await page.OpenAsync(fixture.Gateway);

        await Expect(page.Transport).ToHaveTextAsync("Long-polling");
    }

    [Fact]
    public async Task After_a_cut_the_same_session_goes_on()
    {
        await using var relay = new Relay(fixture.Gateway);
        await using var page = await fixture.OpenAsync(relay.Address);

        relay.Down();
        await Expect(page.State).ToHaveTextAsync("Reconnecting");
        await DemoPage.PostAsync(new Uri(fixture.Gateway, "/channels/demo/away"), "\"while away\"");
        relay.Up();

        await Expect(page.State).ToHaveTextAsync("Connected");
        await Expect(page.Message("while away")).ToHaveCountAsync(1);
        await page.Button("Send a first message").ClickAsync();
        await Expect(page.Message("Hello from Tidings")).ToHaveCountAsync(1);
        Assert.Single(page.Received, frame => frame.Contains("/meta/handshake", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_forgotten_session_is_replaced_by_one_with_the_same_subscriptions()
    {
        await using var relay = new Relay(fixture.Gateway);
        await using var page = await fixture.OpenAsync(relay.Address);
        await page.SubscribeAsync("/kept");
        await Expect(page.Subscriptions).ToHaveCountAsync(2);

        relay.Down();
        await Expect(page.State).ToHaveTextAsync("Reconnecting");
        await EndSessionAsync(page);
        relay.Up();
        await Expect(page.State).ToHaveTextAsync("Connected");
        await DemoPage.PostAsync(new Uri(fixture.Gateway, "/channels/kept"), "\"to the new session\"");

        await Expect(page.Message("to the new session")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_session_the_server_ends_is_told_and_one_click_begins_another()
    {
        await using var page = await fixture.OpenAsync();

        await EndSessionAsync(page);
        await Expect(page.State).ToHaveTextAsync("Disconnected");
        await page.Button("Reconnect").ClickAsync();

        await Expect(page.State).ToHaveTextAsync("Connected");
        await page.Button("Send a first message").ClickAsync();
        await Expect(page.Message("Hello from Tidings")).ToHaveCountAsync(1);
    }

    private async Task EndSessionAsync(DemoPage page)
    {
        var clientId = page.Received.Select(frame => ClientId().Match(frame)).First(match => match.Success).Groups[1].Value;
        await DemoPage.PostAsync(
            new Uri(fixture.Gateway, "/cometd"), $$"""[{"channel":"/meta/disconnect","clientId":"{{clientId}}"}]""");
    }

    [GeneratedRegex("\"clientId\":\"([^\"]+)\"")]
    private static partial Regex ClientId();
}
