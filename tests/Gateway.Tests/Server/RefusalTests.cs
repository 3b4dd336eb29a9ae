using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tidings.Gateway.Tests.Server;

/// <summary>Whole servers of their own: where they refuse to listen, how they stop, and what they say when they are full.</summary>
public sealed class RefusalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("urls", "http://0.0.0.0:0")]
    [InlineData("Kestrel:Endpoints:Open:Url", "http://0.0.0.0:0")]
    public async Task A_server_does_not_start_beyond_loopback(string key, string url)
    {
        await using var app = Build((key, url));

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());

        Assert.Contains("Tidings:BootstrapAdmin", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_listens_beyond_loopback_by_code_stops_again()
    {
        await using var app = Build(("urls", "http://127.0.0.1:0"), listen: static kestrel => kestrel.WebHost.ConfigureKestrel(static options => options.ListenAnyIP(0)));

        await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());
    }

    [Fact]
    public async Task A_server_starts_beyond_loopback_where_callers_can_log_in_and_tls_ends_upstream()
    {
        await using var app = Build(
            ("urls", "http://0.0.0.0:0"),
            listen: static builder => builder.Configuration.AddInMemoryCollection(
                [KeyValuePair.Create("Tidings:BootstrapAdmin:Password", (string?)"p"), KeyValuePair.Create("Tidings:TlsEndsUpstream", (string?)"true")]));

        await app.StartAsync();
        await app.StopAsync();
    }

    [Fact]
    public async Task An_event_stream_does_not_hold_up_the_server_s_stop()
    {
        await using var app = Build(("urls", "http://127.0.0.1:0"));
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var response = await StreamAsync(http);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        var stopping = app.StopAsync();

        await stopping.WaitAsync(Patience);
        await response.Content.ReadAsStringAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task An_event_stream_of_a_full_tenant_is_refused()
    {
        await using var app = Build(("urls", "http://127.0.0.1:0"), ("Tidings:Limits:SessionsPerTenant", "1"));
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var first = await StreamAsync(http);
        using var second = await StreamAsync(http);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        await app.StopAsync();
    }

    [Fact]
    public async Task A_bound_above_the_web_server_s_own_is_kept()
    {
        await using var app = Build(("urls", "http://127.0.0.1:0"), ("Tidings:Limits:MessageBytes", "41943040"));
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var body = new StringContent(new string(' ', 35_000_000) + "1", Encoding.UTF8, "application/json");

        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync("/channels/large", body)).StatusCode);
        await app.StopAsync();
    }

    private static async Task<HttpResponseMessage> StreamAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/stream") { Headers = { { "Accept", "text/event-stream" }, { "Last-Event-ID", "0" } } };
        await http.PostAsync("/channels/stream", new StringContent("1", Encoding.UTF8, "application/json"));
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
    }

    private static WebApplication Build((string Key, string Value) setting, (string Key, string Value)? other = null, Action<WebApplicationBuilder>? listen = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.Configuration[setting.Key] = setting.Value;
        if (other is { } more)
        {
            builder.Configuration[more.Key] = more.Value;
        }

        listen?.Invoke(builder);
        builder.AddTidings();
        var app = builder.Build();
        app.MapTidings();
        return app;
    }
}
