using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tidings.Browser;

/// <summary>The admin page, light and dark, narrow and wide. The pictures stay in <c>screenshots</c> beside the test assembly, for eyes.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AdminAppearanceTests(BrowserFixture fixture)
{
    [Theory]
    [InlineData(ColorScheme.Light, 360, 780)]
    [InlineData(ColorScheme.Dark, 360, 780)]
    [InlineData(ColorScheme.Light, 1280, 860)]
    [InlineData(ColorScheme.Dark, 1280, 860)]
    public async Task Every_view_fits_its_width_and_reads_well(ColorScheme scheme, int width, int height)
    {
        var id = await AdminPage.ConnectAsync(fixture.Secured, "carol", "/news/**");
        await AdminPage.SendAsync(new Uri(fixture.Secured, "/channels/news/looks"), "carol", """{"headline":"A message long enough to need more than one line on a narrow screen, as messages do"}""");
        await using var page = await fixture.AdminAsync(options: new()
        {
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new() { Width = width, Height = height },
        });
        await Expect(page.Node("ready")).ToHaveCountAsync(1);
        await Expect(page.Page.Locator(".chart .line[d]")).ToHaveCountAsync(4);
        await LookAsync(page, "cluster", scheme, width);
        await page.OpenAsync("Sessions");
        await Expect(page.Row("carol").First).ToBeVisibleAsync();
        await LookAsync(page, "sessions", scheme, width);
        await page.Button($"Session {id}").ClickAsync();
        await Expect(page.Dialog).ToContainTextAsync("/news/**");
        await LookAsync(page, "session", scheme, width, fullPage: false);
        await page.Button("Close").ClickAsync();
        await page.OpenAsync("Channels");
        await page.Button("/news/looks").ClickAsync();
        await Expect(page.Dialog).ToContainTextAsync("headline");
        await LookAsync(page, "channel", scheme, width, fullPage: false);
        await page.Button("Close").ClickAsync();
        await LookAsync(page, "channels", scheme, width);
        await page.OpenAsync("Accounts");
        await Expect(page.Row("reporter").First).ToBeVisibleAsync();
        await LookAsync(page, "accounts", scheme, width);
        await page.OpenAsync("Audit");
        await Expect(page.Page.GetByRole(AriaRole.Log).GetByRole(AriaRole.Listitem).First).ToBeVisibleAsync();
        await LookAsync(page, "audit", scheme, width);
        await page.Button("Log out").ClickAsync();
        await Expect(page.Button("Log in")).ToBeVisibleAsync();
        await LookAsync(page, "login", scheme, width);
    }

    private static async Task LookAsync(AdminPage page, string view, ColorScheme scheme, int width, bool fullPage = true)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"admin-{view}-{scheme}-{width}.png");
        await page.Page.ScreenshotAsync(new() { Path = path, FullPage = fullPage });

        var faint = await page.Page.EvaluateAsync<string[]>(Contrast.FaintTexts);
        Assert.True(faint.Length == 0, $"{path}: {string.Join("; ", faint)}");
        Assert.True(await page.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") == width, $"{path} is wider than its window.");
        var unnamed = await page.Page.EvaluateAsync<string[]>(Unnamed);
        Assert.True(unnamed.Length == 0, $"{path}: without a name: {string.Join("; ", unnamed)}");
    }

    /// <summary>Controls that nothing names for those who do not see them (WCAG 2.2, 4.1.2), as markup.</summary>
    private const string Unnamed =
        """
        () => [...document.querySelectorAll('button, a, input, select, textarea, [role=log], dialog')]
          .filter(node => node.checkVisibility())
          .filter(node => !(node.getAttribute('aria-label') || node.getAttribute('aria-labelledby') || node.labels?.length || node.textContent.trim()))
          .map(node => node.outerHTML)
        """;
}
