using System.Net;
using Tidings.Gateway.Tests.Identity;

namespace Tidings.Gateway.Tests.Administration;

public sealed class ClusterAdminTests(AdminServer admin) : IClassFixture<AdminServer>
{
    [Fact]
    public async Task Operators_see_the_silo_and_the_gateway()
    {
        await Server.Eventually.TrueAsync(async () => (await admin.GetAsync("status"))["gateways"]!.AsArray().Count == 1, "The gateway did not report.");

        var status = await admin.GetAsync("status");

        Assert.True((bool)status["standalone"]!);
        Assert.Equal("active", (string?)status["silos"]![0]!["status"]);
        var gateway = status["gateways"]![0]!;
        Assert.Equal("ready", (string?)gateway["status"]);
        Assert.Equal(admin.Server.Address, new Uri((string)gateway["address"]!));
        Assert.NotNull(gateway["load"]!["cpu"]);
        Assert.False((bool)status["redis"]!["configured"]!);
    }

    [Fact]
    public async Task Administrators_of_tenants_see_nothing_of_what_serves_others()
    {
        var status = await admin.GetAsync("status", AdminServer.RedAdmin);

        Assert.NotNull(status["version"]);
        Assert.Null(status["silos"]);
        Assert.Null(status["gateways"]);
    }

    [Fact]
    public async Task A_server_that_stands_alone_is_not_drained()
    {
        Assert.Equal(HttpStatusCode.Conflict, await admin.StatusAsync(HttpMethod.Post, "gateways/any/drain"));
        Assert.Equal(HttpStatusCode.Forbidden, await admin.StatusAsync(HttpMethod.Post, "gateways/any/drain", AdminServer.RedAdmin));
    }

    [Theory]
    [InlineData("empty", false)]
    [InlineData(null, true)]
    public async Task A_pages_script_is_not_asked_for_a_password_by_its_browser(string? destination, bool isAsked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/login");
        if (destination is not null)
        {
            request.Headers.Add("Sec-Fetch-Dest", destination);
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
        }

        using var response = await admin.Server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(isAsked, response.Headers.WwwAuthenticate.Any(static challenge => challenge.Scheme == "Basic"));
        Assert.Contains(response.Headers.WwwAuthenticate, static challenge => challenge.Scheme == "Bearer");
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Forbidden)]
    [InlineData("https://elsewhere.example", HttpStatusCode.Forbidden)]
    [InlineData("own", HttpStatusCode.NotFound)]
    public async Task A_change_by_cookie_comes_from_a_page_of_this_server(string? origin, HttpStatusCode status)
    {
        using var login = await admin.Server.SendAsync(HttpMethod.Post, "/login", SecuredServer.Basic("admin"));
        var cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/admin/sessions/none") { Headers = { { "Cookie", cookie } } };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin == "own" ? admin.Server.Address.GetLeftPart(UriPartial.Authority) : origin);
        }

        using var response = await admin.Server.Http.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
    }
}
