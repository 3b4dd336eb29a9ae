using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tidings.Browser;

/// <summary>Light and dark, narrow and wide. The pictures stay in <c>screenshots</c> beside the test assembly, for eyes.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AppearanceTests(BrowserFixture fixture)
{
    [Theory]
    [InlineData(ColorScheme.Light, 360, 780)]
    [InlineData(ColorScheme.Dark, 360, 780)]
    [InlineData(ColorScheme.Light, 1280, 860)]
    [InlineData(ColorScheme.Dark, 1280, 860)]
    public async Task Page_fits_its_width_and_reads_well(ColorScheme scheme, int width, int height)
    {
        await using var page = await fixture.NewPageAsync(new()
        {
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new() { Width = width, Height = height },
        });
        await page.OpenAsync(fixture.Gateway);
        await PictureAsync(page.Page, $"empty-{scheme}-{width}");
        await FillAsync(page);
        await PictureAsync(page.Page, $"filled-{scheme}-{width}");

        Assert.Empty(await page.Page.EvaluateAsync<string[]>(Contrast.FaintTexts));
        Assert.Equal(width, await page.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task Theme_button_overrides_the_system_and_is_remembered()
    {
        await using var page = await fixture.NewPageAsync(new() { ColorScheme = ColorScheme.Light });
        await page.OpenAsync(fixture.Gateway);
        var root = page.Page.Locator("html");
        await Expect(root).ToHaveCSSAsync("background-color", "rgb(246, 246, 243)");

        await page.Button("Switch between light and dark").ClickAsync();
        await Expect(root).ToHaveCSSAsync("background-color", "rgb(16, 20, 19)");
        await page.Page.ReloadAsync();

        await Expect(root).ToHaveCSSAsync("background-color", "rgb(16, 20, 19)");
    }

    /// <summary>A page in use: several subscriptions, messages short and long, and an explained mistake.</summary>
    private static async Task FillAsync(DemoPage page)
    {
        await page.SubscribeAsync("/weather/berlin/*");
        await Expect(page.Subscriptions).ToHaveCountAsync(2);
        await page.Button("Send a first message").ClickAsync();
        await Expect(page.Messages).ToHaveCountAsync(1);
        await page.PublishAsync(
            "/weather/berlin/wind", """{"station":"Tempelhof","speed":7.4,"unit":"m/s","direction":"NW","gusts":[9.1,8.7,11.2]}""");
        await Expect(page.Messages).ToHaveCountAsync(2);
        await page.PublishAsync("/demo/orders/4711", """{"status":"shipped","parcels":2}""");
        await Expect(page.Messages).ToHaveCountAsync(3);
        await page.PublishAsync("/demo/hello", "{ text: Good news }");
        await Expect(page.PublishNote).ToContainTextAsync("Not valid JSON");
    }

    private static Task<byte[]> PictureAsync(IPage page, string name) => page.ScreenshotAsync(new()
    {
        Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{name}.png"),
        FullPage = true,
    });
}
