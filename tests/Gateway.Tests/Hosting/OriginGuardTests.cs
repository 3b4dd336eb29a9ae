using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Hosting;

/// <summary>DNS rebinding and cross-site requests (RFC 6454, RFC 6455 section 10.2).</summary>
public sealed class OriginGuardTests
{
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("app.localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("[::1]", true)]
    [InlineData("::1", true)]
    [InlineData("localhost.example", false)]
    [InlineData("notlocalhost", false)]
    [InlineData("127.0.0.1.example", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("", false)]
    public void Knows_the_names_of_this_machine(string host, bool isLoopback) => Assert.Equal(isLoopback, OriginGuard.IsLoopbackName(host));

    [Theory]
    [InlineData("localhost:8080", null)]
    [InlineData("localhost:8080", "http://localhost:8080")]
    [InlineData("localhost:8080", "http://localhost:5173")]
    [InlineData("127.0.0.1:8080", "http://localhost:8080")]
    public async Task Serves_local_callers(string host, string? origin) => Assert.Equal(200, await StatusAsync(new DoorOptions(), host, origin));

    [Fact]
    public async Task Refuses_a_foreign_host_name() => Assert.Equal(403, await StatusAsync(new DoorOptions(), "rebound.example", null));

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://localhost.evil.example")]
    public async Task Refuses_a_foreign_origin(string origin) => Assert.Equal(403, await StatusAsync(new DoorOptions(), "localhost:8080", origin));

    [Fact]
    public async Task Serves_an_allowed_origin()
    {
        var options = new DoorOptions { AllowedOrigins = ["https://app.example"] };

        Assert.Equal(200, await StatusAsync(options, "localhost:8080", "https://app.example"));
        Assert.Equal(403, await StatusAsync(options, "localhost:8080", "https://app.example.evil"));
    }

    [Fact]
    public async Task Serves_every_host_anonymously_but_pages_of_its_own_host_only()
    {
        var options = new DoorOptions { Anonymous = true };

        Assert.Equal(200, await StatusAsync(options, "gateway.example", null));
        Assert.Equal(200, await StatusAsync(options, "gateway.example", "https://gateway.example"));
        Assert.Equal(403, await StatusAsync(options, "gateway.example", "https://other.example"));
        Assert.Equal(403, await StatusAsync(options, "gateway.example", "http://localhost:3000"));
    }

    [Fact]
    public async Task Serves_every_host_where_callers_log_in_but_no_foreign_page()
    {
        Assert.Equal(200, await StatusAsync(new DoorOptions(), "gateway.example", null, logins: true));
        Assert.Equal(200, await StatusAsync(new DoorOptions(), "gateway.example", "http://gateway.example", logins: true));
        Assert.Equal(403, await StatusAsync(new DoorOptions(), "gateway.example", "http://localhost:3000", logins: true));
    }

    [Fact]
    public async Task Refuses_a_page_that_came_in_the_clear_where_tls_is_used()
    {
        Assert.Equal(403, await StatusAsync(new DoorOptions(), "gateway.example", "http://gateway.example", logins: true, scheme: "https"));
        Assert.Equal(200, await StatusAsync(new DoorOptions(), "gateway.example", "https://gateway.example", logins: true, scheme: "https"));
    }

    /// <summary>What a page of elsewhere embeds carries no origin: a script, as JSONP is, would be answered with its visitor's credentials.</summary>
    [Theory]
    [InlineData("cross-site", "no-cors", null, 403)]
    [InlineData("cross-site", "no-cors", "https://evil.example/page", 403)]
    [InlineData("same-site", "no-cors", "https://other.gateway.example/", 403)]
    [InlineData("cross-site", "no-cors", "https://app.example/page?x=1", 200)]
    [InlineData("same-origin", "no-cors", "https://gateway.example/", 200)]
    [InlineData("none", "navigate", null, 200)]
    [InlineData("cross-site", "navigate", "https://evil.example/", 200)]
    public async Task Refuses_what_foreign_pages_embed(string site, string mode, string? referer, int status)
    {
        var context = Context("gateway.example", "https");
        context.Request.Headers["Sec-Fetch-Site"] = site;
        context.Request.Headers["Sec-Fetch-Mode"] = mode;
        context.Request.Headers.Referer = referer;

        Assert.Equal(status, await StatusAsync(new DoorOptions { AllowedOrigins = ["https://app.example"] }, context, logins: true));
    }

    [Fact]
    public async Task Refuses_two_origins()
    {
        var context = Context("localhost", "http");
        context.Request.Headers.Append("Origin", "http://localhost");
        context.Request.Headers.Append("Origin", "https://evil.example");

        Assert.Equal(403, await StatusAsync(new DoorOptions(), context, logins: false));
    }

    private static Task<int> StatusAsync(DoorOptions options, string host, string? origin, bool logins = false, string scheme = "http")
    {
        var context = Context(host, scheme);
        if (origin is not null)
        {
            context.Request.Headers.Origin = origin;
        }

        return StatusAsync(options, context, logins);
    }

    private static DefaultHttpContext Context(string host, string scheme) => new() { Request = { Host = new HostString(host), Scheme = scheme } };

    private static async Task<int> StatusAsync(DoorOptions options, HttpContext context, bool logins)
    {
        var guard = new OriginGuard(
            static _ => Task.CompletedTask, new Fixed<DoorOptions>(options), new Presence(logins), TestMetrics.New(), AuditTests.New(NullLoggerFactory.Instance));
        await guard.InvokeAsync(context);
        return context.Response.StatusCode;
    }
}
