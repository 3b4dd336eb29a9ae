using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tidings.Browser;

[Collection(BrowserCollection.Name)]
public sealed class DemoPageTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Page_connects_by_websocket_without_complaint_and_talks_to_its_own_host_only()
    {
        await using var page = await fixture.OpenAsync();

        await Expect(page.Transport).ToHaveTextAsync("WebSocket");
        await Expect(page.Page.Locator("#latency")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^[\d.]+ ms$"));
        Assert.Empty(page.Complaints);
        Assert.Equal([fixture.Gateway.Authority], page.Hosts);
    }

    [Fact]
    public async Task First_message_arrives_with_one_click()
    {
        await using var page = await fixture.OpenAsync();

        await page.Button("Send a first message").ClickAsync();

        await Expect(page.Message("Hello from Tidings")).ToHaveCountAsync(1);
        await Expect(page.Messages.First.Locator(".channel")).ToHaveTextAsync("/demo/hello");
        await Expect(page.PublishNote).ToContainTextAsync("Acknowledged in ");
        await Expect(page.Page.Locator("#count")).ToHaveTextAsync("1");
    }

    [Fact]
    public async Task Curl_line_publishes_to_the_subscribed_channel()
    {
        await using var page = await fixture.OpenAsync();
        await page.SubscribeAsync("/demo/rooms/*");

        await Expect(page.Page.Locator("#curl")).ToContainTextAsync("/channels/demo/rooms/hello'");
        var line = await page.Page.Locator("#curl").InnerTextAsync();
        await DemoPage.PostAsync(new Uri(line.Split('\'')[1]), line.Split('\'')[^2]);

        await Expect(page.Message("Hello from the terminal")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Messages_come_while_subscribed_and_stop_after_unsubscribing()
    {
        await using var page = await fixture.OpenAsync();
        await page.SubscribeAsync("/news/sport");
        await Expect(page.Subscriptions).ToHaveCountAsync(2);
        await page.PublishAsync("/news/sport", "\"first\"");
        await Expect(page.Message("first")).ToHaveCountAsync(1);

        await page.Button("Unsubscribe from /news/sport").ClickAsync();
        await Expect(page.Subscriptions).ToHaveCountAsync(1);
        await page.PublishAsync("/news/sport", "\"second\"");
        await page.PublishAsync("/demo/last", "\"third\"");

        await Expect(page.Message("third")).ToHaveCountAsync(1);
        await Expect(page.Message("second")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Invalid_json_is_explained_and_not_sent()
    {
        await using var page = await fixture.OpenAsync();

        await page.PublishAsync("/demo/hello", "{ text: 1 }");

        await Expect(page.PublishNote).ToContainTextAsync("Not valid JSON");
        await Expect(page.Body).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Body).ToBeFocusedAsync();
        await page.PublishAsync("/demo/hello", "{ \"text\": 1 }");
        await Expect(page.Body).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Messages).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Text_is_sent_as_it_is()
    {
        await using var page = await fixture.OpenAsync();

        await page.Page.GetByText("Text", new() { Exact = true }).ClickAsync();
        await page.PublishAsync("/demo/hello", "<b>{ not json }</b>");

        await Expect(page.Messages.Locator("pre")).ToHaveTextAsync("<b>{ not json }</b>");
    }

    [Theory]
    [InlineData("demo", "starts with a slash")]
    [InlineData("/demo//x", "no empty segments")]
    public async Task Impossible_channels_are_explained(string channel, string explanation)
    {
        await using var page = await fixture.OpenAsync();

        await page.SubscribeAsync(channel);
        await page.PublishAsync(channel, "1");

        await Expect(page.SubscribeNote).ToContainTextAsync(explanation);
        await Expect(page.PublishNote).ToContainTextAsync(explanation);
    }

    [Fact]
    public async Task A_refusal_of_the_server_is_shown()
    {
        await using var page = await fixture.OpenAsync();

        await page.SubscribeAsync("/meta/connect");

        await Expect(page.SubscribeNote).ToHaveAttributeAsync("data-kind", "error");
        await Expect(page.SubscribeNote).Not.ToBeEmptyAsync();
        await Expect(page.Subscriptions).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Pausing_holds_messages_back_and_clearing_forgets_them()
    {
        await using var page = await fixture.OpenAsync();

        await page.Button("Pause").ClickAsync();
        await page.Button("Send a first message").ClickAsync();
        await Expect(page.Page.Locator("#count")).ToHaveTextAsync("1, 1 waiting");
        await Expect(page.Messages).ToHaveCountAsync(0);
        await page.Button("Resume").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(1);

        await page.Button("Clear").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(0);
        await Expect(page.Page.GetByText("Nothing has arrived yet.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_log_keeps_the_last_two_hundred_messages()
    {
        await using var page = await fixture.OpenAsync();

        await page.Page.EvaluateAsync(
            """
            async () => {
              const { MessageLog } = await import('/log.js');
              const element = id => document.getElementById(id);
              const log = new MessageLog(element('log'), { empty: element('empty'), count: element('count') });
              for (let i = 0; i < 1000; i++) log.add({ channel: '/demo/flood', data: i });
            }
            """);

        await Expect(page.Messages).ToHaveCountAsync(200);
        await Expect(page.Messages.First.Locator("pre")).ToHaveTextAsync("999");
    }

    [Fact]
    public async Task Everything_can_be_done_with_the_keyboard()
    {
        await using var page = await fixture.OpenAsync();
        var keyboard = page.Page.Keyboard;

        await page.Pattern.FocusAsync();
        await keyboard.PressAsync("ControlOrMeta+a");
        await keyboard.TypeAsync("/keys/*");
        await keyboard.PressAsync("Enter");
        await Expect(page.Subscriptions).ToHaveCountAsync(2);
        await TabToAsync(page.Page, page.Channel);
        await keyboard.PressAsync("ControlOrMeta+a");
        await keyboard.TypeAsync("/keys/a");
        await TabToAsync(page.Page, page.Body);
        await keyboard.PressAsync("ControlOrMeta+a");
        await keyboard.TypeAsync("\"typed\"");
        await keyboard.PressAsync("ControlOrMeta+Enter");
        await Expect(page.Message("typed")).ToHaveCountAsync(1);
        await TabToAsync(page.Page, page.Button("Clear"));
        await keyboard.PressAsync("Enter");
        await Expect(page.Messages).ToHaveCountAsync(0);
    }

    /// <summary>Presses Tab until the control has the focus, and fails if it is not within twenty.</summary>
    private static async Task TabToAsync(IPage page, ILocator control)
    {
        for (var press = 0; press < 20; press++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await control.EvaluateAsync<bool>("element => element === document.activeElement"))
                return;
        }

        Assert.Fail($"{control} is not within twenty presses of Tab.");
    }
}
