using System.Net.Http.Headers;
using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tidings.Browser;

/// <summary>The demo page in a visitor's words. Expectations wait up to ten seconds and name what was missing.</summary>
internal sealed class DemoPage : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    static DemoPage() => SetDefaultExpectTimeout(10_000);

    public DemoPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) => { if (message.Type is "error" or "warning") Complaints.Add(message.Text); };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) => Hosts.Add(new Uri(request.Url).Authority);
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => Received.Add(frame.Text ?? "");
    }

    public IPage Page { get; }

    /// <summary>Console errors and warnings, and uncaught exceptions.</summary>
    public List<string> Complaints { get; } = [];

    public HashSet<string> Hosts { get; } = [];

    /// <summary>The text frames the page received over WebSockets.</summary>
    public List<string> Received { get; } = [];

    public ILocator State => Page.Locator("#state");
    public ILocator Transport => Page.Locator("#transport");
    public ILocator Pattern => Page.GetByLabel("Channel or pattern");
    public ILocator Channel => Page.GetByLabel("Channel", new() { Exact = true });
    public ILocator Body => Page.GetByLabel("Message", new() { Exact = true });
    public ILocator PublishNote => Page.Locator("#publish-note");
    public ILocator SubscribeNote => Page.Locator("#subscribe-note");
    public ILocator Subscriptions => Page.GetByRole(AriaRole.List, new() { Name = "Subscriptions" }).GetByRole(AriaRole.Listitem);
    public ILocator Messages => Page.GetByRole(AriaRole.Log).Locator("li");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Message(string text) => Messages.Filter(new() { HasText = text });

    public async Task OpenAsync(Uri address)
    {
        await Page.GotoAsync(address.ToString());
        await Expect(State).ToHaveTextAsync("Connected");
        await Expect(Subscriptions).ToContainTextAsync(["/demo/**"]);
    }

    public async Task SubscribeAsync(string pattern)
    {
        await Pattern.FillAsync(pattern);
        await Button("Subscribe").ClickAsync();
    }

    public async Task PublishAsync(string channel, string body)
    {
        await Channel.FillAsync(channel);
        await Body.FillAsync(body);
        await Button("Publish").ClickAsync();
    }

    /// <summary>Publishes past the page, as a service does.</summary>
    public static async Task PostAsync(Uri address, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await Http.PostAsync(address, content);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}
