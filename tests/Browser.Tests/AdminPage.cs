using System.Net.Http.Headers;
using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tidings.Browser;

/// <summary>The admin page in an administrator's words.</summary>
internal sealed class AdminPage : IAsyncDisposable
{
    public const string Password = "correct horse";

    private static readonly HttpClient Http = new();

    public AdminPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) => { if (message.Type is "error" or "warning" && !IsRefusedRequest(message)) Complaints.Add(message.Text); };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) => Hosts.Add(new Uri(request.Url).Authority);
    }

    /// <summary>The server's accounts: an operator, an administrator of another tenant, and somebody who is neither.</summary>
    public static IEnumerable<(string Key, string Value)> Settings =>
    [
        ("Tidings:BootstrapAdmin:Password", Password),
        ("Tidings:Users:carol:Password", Password),
        ("Tidings:Users:carol:Roles:0", "reporter"),
        ("Tidings:Roles:reporter:Subscribe:0", "/news/**"),
        ("Tidings:Roles:reporter:Publish:0", "/news/**"),
        ("Tidings:Roles:reporter:Create:0", "/news/**"),
        ("Tidings:Users:red/chief:Password", Password),
        ("Tidings:Users:red/chief:Roles:0", "admin"),
        ("Tidings:ConnectionEvents:Producer", "events"),
    ];

    public IPage Page { get; }

    /// <summary>Console errors and warnings, and uncaught exceptions.</summary>
    public List<string> Complaints { get; } = [];

    public HashSet<string> Hosts { get; } = [];

    public ILocator View => Page.Locator("#view");

    public ILocator State => Page.Locator("#state");

    public ILocator Banner => Page.Locator("#banner");

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog).Last;

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Row(string text) => Page.GetByRole(AriaRole.Row).Filter(new() { HasText = text });

    public ILocator Node(string text) => Page.Locator(".node").Filter(new() { HasText = text });

    public async Task LogInAsync(Uri address, string user, string password = Password)
    {
        await Page.GotoAsync(new Uri(address, "/admin").AbsoluteUri);
        await Page.GetByLabel("User, or tenant/user").FillAsync(user);
        await Page.GetByLabel("Password").FillAsync(password);
        await Button("Log in").ClickAsync();
    }

    public async Task OpenAsync(string section)
    {
        var link = Page.GetByRole(AriaRole.Link, new() { Name = section, Exact = true });
        await link.ClickAsync();
        await Expect(link).ToHaveAttributeAsync("aria-current", "page");
    }

    /// <summary>Calls the server past the page.</summary>
    public static async Task<string> SendAsync(Uri address, string user, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Password}"))) },
        };
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>A session of a client that polls.</summary>
    /// <returns>Its public id.</returns>
    public static async Task<string> ConnectAsync(Uri address, string user, string channel)
    {
        var cometd = new Uri(address, "/cometd");
        var reply = await SendAsync(cometd, user, """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]""");
        var secret = reply.Split("\"clientId\":\"")[1].Split('"')[0];
        await SendAsync(cometd, user, $$"""[{"channel":"/meta/subscribe","clientId":"{{secret}}","subscription":"{{channel}}"}]""");
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(secret))[..16]);
    }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();

    /// <summary>The browser itself complains of every answer that is an error.</summary>
    private static bool IsRefusedRequest(IConsoleMessage message) => message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal);
}
