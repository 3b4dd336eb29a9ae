using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tidings.Browser;

[Collection(BrowserCollection.Name)]
public sealed partial class AdminPageTests(BrowserFixture fixture)
{
    [Fact]
    public async Task The_cluster_is_mapped_and_its_figures_come_alive()
    {
        await using var page = await fixture.AdminAsync();

        await Expect(page.State).ToHaveTextAsync("Live");
        await Expect(page.Node("active")).ToHaveCountAsync(1);
        await Expect(page.Node("ready")).ToHaveCountAsync(1);
        await Expect(page.Node("Memory")).ToContainTextAsync("healthy");
        await Expect(page.Page.GetByLabel("Sessions", new() { Exact = true })).ToHaveTextAsync(Number());
        Assert.Empty(page.Complaints);
        Assert.Equal([fixture.Secured.Authority], page.Hosts);
    }

    [Fact]
    public async Task Who_comes_is_told_as_it_happens()
    {
        await using var page = await fixture.AdminAsync();
        await Expect(page.State).ToHaveTextAsync("Live");

        await AdminPage.ConnectAsync(fixture.Secured, "carol", "/news/events");

        await Expect(page.Page.GetByRole(AriaRole.Log).GetByText("carol").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_session_is_found_looked_into_and_ended()
    {
        var id = await AdminPage.ConnectAsync(fixture.Secured, "carol", "/news/admin");
        await AdminPage.SendAsync(new Uri(fixture.Secured, "/channels/news/admin"), "carol", "1");
        await using var page = await fixture.AdminAsync();
        await page.OpenAsync("Sessions");
        await page.Page.GetByLabel("Find by public id, user, address or protocol").FillAsync(id[..20]);
        await Expect(page.Row("carol")).ToHaveCountAsync(1);

        await page.Button($"Session {id}").ClickAsync();
        await Expect(page.Dialog).ToContainTextAsync("/news/admin");
        await Expect(page.Dialog).ToContainTextAsync(id);
        await page.Button("End session").ClickAsync();
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "End session" }).ClickAsync();

        await Expect(page.View).ToContainTextAsync("Nobody is connected who matches.");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_channel_is_looked_into_and_published_to()
    {
        await AdminPage.SendAsync(new Uri(fixture.Secured, "/channels/news/peek"), "carol", """{"headline":"first"}""");
        await using var page = await fixture.AdminAsync();
        await page.OpenAsync("Channels");
        await page.Page.GetByLabel("Beginning with, or matching a pattern").FillAsync("/news/pe");
        await page.Button("/news/peek").ClickAsync();
        await Expect(page.Dialog).ToContainTextAsync("\"headline\":\"first\"");

        await page.Page.GetByLabel("Message, JSON").FillAsync("{ wrong }");
        await page.Button("Publish").ClickAsync();
        await Expect(page.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("Not valid JSON");
        await page.Page.GetByLabel("Message, JSON").FillAsync("""{"headline":"<b>second</b>"}""");
        await page.Button("Publish").ClickAsync();

        await Expect(page.Dialog.GetByRole(AriaRole.Listitem).First).ToContainTextAsync("<b>second</b>");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Users_roles_keys_and_tenants_are_managed_and_the_audit_tells_of_it()
    {
        await using var page = await fixture.AdminAsync();
        await page.OpenAsync("Accounts");

        await page.Button("Add role").ClickAsync();
        await page.Page.GetByLabel("Name").FillAsync("clerk");
        await page.Page.GetByLabel("May subscribe to, a channel or pattern a line").FillAsync("/desk/**\n/news/*");
        await page.Button("Add").ClickAsync();
        await Expect(page.Row("clerk").First).ToContainTextAsync("/desk/**");

        await page.Button("Add user").ClickAsync();
        await page.Page.GetByLabel("Name").FillAsync("dora");
        await page.Page.GetByLabel("Roles, separated by commas").FillAsync("clerk");
        await page.Page.GetByLabel("Password", new() { Exact = true }).Last.FillAsync("short");
        await page.Button("Add").ClickAsync();
        await Expect(page.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("8 to 1024");
        await page.Page.GetByLabel("Password", new() { Exact = true }).Last.FillAsync("long enough");
        await page.Button("Add").ClickAsync();
        await Expect(page.Row("dora").First).ToContainTextAsync("clerk");

        await page.Button("Add tenant").ClickAsync();
        await page.Page.GetByLabel("Name").FillAsync("blue");
        await page.Button("Add").ClickAsync();
        await Expect(page.Row("blue")).ToContainTextAsync("active");

        await page.Button("Remove dora").ClickAsync();
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.Button("Remove dora")).ToHaveCountAsync(0);

        await page.OpenAsync("Audit");
        await Expect(page.Page.GetByRole(AriaRole.Log)).ToContainTextAsync("default/dora");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task An_administrator_of_a_tenant_sees_its_own()
    {
        await AdminPage.ConnectAsync(fixture.Secured, "carol", "/news/foreign");
        await AdminPage.ConnectAsync(fixture.Secured, "red/chief", "/own");
        await using var page = await fixture.AdminAsync("red/chief");

        await Expect(page.View).ToContainTextAsync("shown to operators");
        await Expect(page.Page.Locator(".chart .line[d]")).ToHaveCountAsync(2);
        await Expect(page.Page.GetByLabel("Sessions", new() { Exact = true })).ToHaveTextAsync(Number());
        await page.OpenAsync("Sessions");
        await Expect(page.Row("chief").First).ToBeVisibleAsync();
        await Expect(page.Row("carol")).ToHaveCountAsync(0);
        await page.OpenAsync("Accounts");
        await Expect(page.View).Not.ToContainTextAsync("Add tenant");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Who_is_no_administrator_is_told_so_and_a_wrong_password_too()
    {
        await using var page = await fixture.AdminAsync("carol");
        await Expect(page.Page.Locator("#login-note")).ToContainTextAsync("default/carol is no administrator");

        await page.LogInAsync(fixture.Secured, "admin", "wrong");
        await Expect(page.Page.Locator("#login-note")).ToContainTextAsync("wrong");
        await Expect(page.Page.Locator("#tabs")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_page_outlives_a_cluster_that_does_not_answer_and_a_cut()
    {
        await using var relay = new Relay(fixture.Secured);
        await using var page = await fixture.AdminAsync(address: relay.Address);
        await Expect(page.Node("ready")).ToHaveCountAsync(1);

        await page.Page.RouteAsync("**/api/admin/status", static route => route.FulfillAsync(new()
        {
            Status = 503,
            ContentType = "application/problem+json",
            Body = """{"detail":"The cluster does not answer; try again."}""",
        }));
        await Expect(page.Banner).ToContainTextAsync("The cluster does not answer", new() { Timeout = 60_000 });
        await Expect(page.Node("ready")).ToHaveCountAsync(1);
        await page.Page.UnrouteAsync("**/api/admin/status");
        await Expect(page.Banner).ToBeEmptyAsync(new() { Timeout = 60_000 });

        relay.Down();
        await Expect(page.State).ToHaveTextAsync("Reconnecting", new() { Timeout = 60_000 });
        await Expect(page.Banner).ToContainTextAsync("does not answer", new() { Timeout = 60_000 });
        relay.Up();

        await Expect(page.State).ToHaveTextAsync("Live", new() { Timeout = 60_000 });
        await Expect(page.Banner).ToBeEmptyAsync(new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task Everything_is_reached_by_keyboard_and_escape_gives_the_focus_back()
    {
        var id = await AdminPage.ConnectAsync(fixture.Secured, "carol", "/news/keys");
        await using var page = await fixture.AdminAsync();
        await Expect(page.Page.Locator("#tabs")).ToBeVisibleAsync();

        await TabToAsync(page.Page, page.Page.GetByRole(AriaRole.Link, new() { Name = "Sessions", Exact = true }));
        await page.Page.Keyboard.PressAsync("Enter");
        await TabToAsync(page.Page, page.Page.GetByLabel("Find by public id, user, address or protocol"));
        await page.Page.Keyboard.TypeAsync(id);
        await Expect(page.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await TabToAsync(page.Page, page.Button($"Session {id}"));
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Dialog).ToContainTextAsync("/news/keys");
        await page.Page.Keyboard.PressAsync("Escape");

        await Expect(page.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Expect(page.Button($"Session {id}")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData("/admin", 301)]
    [InlineData("/admin/", 200)]
    [InlineData("/admin/admin.js", 200)]
    [InlineData("/admin/none.js", 404)]
    [InlineData("/admin/..%2Findex.html", 404)]
    public async Task Its_files_let_nothing_foreign_in(string path, int status)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = fixture.Secured };

        using var response = await http.GetAsync(path);

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 200)
        {
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [Fact]
    public async Task What_the_server_refuses_is_told()
    {
        await using var page = await fixture.AdminAsync();
        await page.OpenAsync("Accounts");
        await page.Page.RouteAsync("**/api/admin/tenants/default/users/carol", static route => route.FulfillAsync(new()
        {
            Status = 503,
            ContentType = "application/problem+json",
            Body = """{"detail":"The cluster does not answer; try again."}""",
        }));

        await page.Button("Remove carol").ClickAsync();
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();

        await Expect(page.Dialog).ToContainTextAsync("That was not done");
        await Expect(page.Dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The cluster does not answer; try again.");
        await page.Button("Close").ClickAsync();
        await Expect(page.Button("Remove carol")).ToBeFocusedAsync();
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task The_focus_finds_back_to_what_was_drawn_anew_behind_a_panel()
    {
        await using var page = await fixture.AdminAsync();
        await page.OpenAsync("Accounts");

        await page.Button("Make key").ClickAsync();
        await page.Dialog.GetByLabel("User").SelectOptionAsync("carol");
        await page.Button("Make").ClickAsync();
        await Expect(page.Dialog).ToContainTextAsync("tdk_");
        await Expect(page.Page.Locator("tr:has-text('carol') button:has-text('Revoke')")).ToHaveCountAsync(1);
        await page.Page.Keyboard.PressAsync("Escape");

        await Expect(page.Button("Make key")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_page_behind_a_panel_rests()
    {
        await using var page = await fixture.AdminAsync();
        await page.OpenAsync("Accounts");
        await page.Button("Change carol").ClickAsync();
        await Expect(page.Dialog).ToBeVisibleAsync();
        var requests = 0;
        page.Page.Request += (_, request) => requests += request.Url.EndsWith("/api/admin/tenants", StringComparison.Ordinal) ? 1 : 0;

        // A refresh asks at once; whatever it asks is asked before this.
        await page.Page.EvaluateAsync("async () => { document.dispatchEvent(new Event('visibilitychange')); await fetch('/login'); }");
        await page.Page.Keyboard.PressAsync("Escape");

        await Expect(page.Button("Change carol")).ToBeFocusedAsync();
        Assert.Equal(0, requests);
    }

    [Fact]
    public async Task Figures_are_not_read_out_each_time_they_change()
    {
        await using var page = await fixture.AdminAsync();

        await Expect(page.Page.Locator("output[aria-live=off]")).ToHaveCountAsync(4);
        await Expect(page.Page.Locator("output:not([aria-live=off])")).ToHaveCountAsync(0);
    }

    private static async Task TabToAsync(IPage page, ILocator control)
    {
        for (var press = 0; press < 30; press++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await control.EvaluateAsync<bool>("element => element === document.activeElement"))
                return;
        }

        Assert.Fail($"{control} is not within thirty presses of Tab.");
    }

    [GeneratedRegex(@"^\d")]
    private static partial Regex Number();
}
