using Microsoft.Playwright;

namespace Tidings.Browser;

/// <summary>One gateway and one headless Chromium for all tests; each test has a browser context of its own.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private GatewayProcess _gateway = null!;
    private GatewayProcess _secured = null!;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public Uri Gateway => _gateway.Address;

    /// <summary>A server with users, where administrators log in.</summary>
    public Uri Secured => _secured.Address;

    public async Task InitializeAsync()
    {
        _gateway = await GatewayProcess.StartAsync();
        _secured = await GatewayProcess.StartAsync([.. AdminPage.Settings]);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = Arguments,
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        if (_secured is not null)
            await _secured.DisposeAsync();
    }

    /// <summary>A page that is not yet open, so that a test can prepare it.</summary>
    internal async Task<DemoPage> NewPageAsync(BrowserNewContextOptions? options = null)
    {
        var context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(10_000);
        return new DemoPage(await context.NewPageAsync());
    }

    /// <summary>The admin page, logged in.</summary>
    internal async Task<AdminPage> AdminAsync(string user = "admin", Uri? address = null, BrowserNewContextOptions? options = null)
    {
        var context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(20_000);
        var page = new AdminPage(await context.NewPageAsync());
        await page.LogInAsync(address ?? Secured, user);
        return page;
    }

    /// <summary>A page that has connected and subscribed.</summary>
    internal async Task<DemoPage> OpenAsync(Uri? address = null)
    {
        var page = await NewPageAsync();
        await page.OpenAsync(address ?? Gateway);
        return page;
    }
}

[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";
}
