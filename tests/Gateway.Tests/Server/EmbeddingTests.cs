using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Tidings.Gateway.Tests.Server;

/// <summary>An application that has endpoints and callers of its own beside the embedded server.</summary>
public sealed class EmbeddingTests
{
    [Theory]
    [InlineData(null, null, null)]
    [InlineData("app.example", null, null)]
    [InlineData("app.example", "https://other.example", null)]
    [InlineData(null, null, "Bearer of-another-issuer")]
    public async Task The_applications_endpoints_are_its_own(string? host, string? origin, string? authorization)
    {
        await using var server = await StartAsync();

        using var own = await AskAsync(server, "/own", host, origin, authorization);
        using var served = await AskAsync(server, "/channels/a", host, origin, authorization);

        Assert.Equal("own", await own.Content.ReadAsStringAsync());
        Assert.True(served.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{served.StatusCode}");
    }

    [Fact]
    public async Task A_path_of_the_applications_own_comes_before_the_servers_patterns()
    {
        await using var server = await StartAsync();

        Assert.Equal("7", await server.Http.GetStringAsync("/orders/7/lines"));
    }

    [Fact]
    public async Task Who_logged_in_to_the_application_is_known_to_the_server()
    {
        await using var server = await StartAsync();
        using var login = await server.Http.PostAsync("/own/login", null);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/a") { Headers = { { "Cookie", login.Headers.GetValues("Set-Cookie").Single().Split(';')[0] } } };
        using var answer = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_session_of_one_of_its_users_is_unknown_to_another_and_to_nobody_known()
    {
        await using var server = await StartAsync();
        var (ann, ben) = (await LogInAsync(server, "ann"), await LogInAsync(server, "ben"));
        server.Change("Tidings:Anonymous", "true");
        var handshake = await BayeuxAsync(server, ann, """{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}""");
        var connect = $$"""{"channel":"/meta/connect","clientId":"{{handshake["clientId"]}}","connectionType":"long-polling"}""";
        var subscribe = $$"""{"channel":"/meta/subscribe","clientId":"{{handshake["clientId"]}}","subscription":"/a"}""";

        foreach (var other in new[] { ben, null })
        {
            Assert.Contains("402::", (await BayeuxAsync(server, other, connect)).ToJsonString(), StringComparison.Ordinal);
            Assert.Contains("402::", (await BayeuxAsync(server, other, subscribe)).ToJsonString(), StringComparison.Ordinal);
        }

        Assert.True((bool)(await BayeuxAsync(server, ann, subscribe))["successful"]!);
        Assert.True((bool)(await BayeuxAsync(server, ann, connect))["successful"]!);
    }

    [Fact]
    public async Task Its_users_are_of_tenant_default_whatever_it_says_of_them()
    {
        await using var server = await StartAsync();
        var ann = await LogInAsync(server, "ann&tenant=red");
        using var publish = new HttpRequestMessage(HttpMethod.Post, "/channels/of/default") { Headers = { { "Cookie", ann } }, Content = JsonContent.Create(1) };
        using var http = Plain(server);
        (await http.SendAsync(publish)).EnsureSuccessStatusCode().Dispose();

        var log = await server.Service<IGrainFactory>().GetGrain<IChannelGrain>(new ChannelId("default", "/of/default").ToKey()).Read(0, 10);

        Assert.Equal(1, log.Head.Offset);
    }

    /// <summary>A client without cookies of its own: whose a request is, each says.</summary>
    private static HttpClient Plain(OwnServer server) => new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address };

    private static async Task<string> LogInAsync(OwnServer server, string name)
    {
        using var http = Plain(server);
        using var login = await http.PostAsync($"/own/login?name={name}", null);
        return login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static async Task<JsonNode> BayeuxAsync(OwnServer server, string? cookie, string message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/cometd") { Content = new StringContent($"[{message}]", Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Cookie", cookie is null ? [] : [cookie]);
        using var http = Plain(server);
        using var response = await http.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray()[^1]!;
    }

    private static Task<OwnServer> StartAsync() => OwnServer.StartAsync(
        "Production",
        static builder =>
        {
            builder.Services.AddAuthentication().AddCookie().AddCookie("Bearer").AddCookie("Basic");
            builder.Services.Configure<AuthenticationOptions>(static options => options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme);
        },
        static app =>
        {
            app.MapGet("/own", static () => "own");
            app.MapGet("/orders/{id}/lines", static (string id) => id);
            app.MapPost("/own/login", static (string name = "ann", string tenant = "") => Microsoft.AspNetCore.Http.TypedResults.SignIn(
                new(new ClaimsIdentity([new(ClaimTypes.Name, name), new("tenant", tenant)], "own")), authenticationScheme: CookieAuthenticationDefaults.AuthenticationScheme));
        });

    private static Task<HttpResponseMessage> AskAsync(OwnServer server, string path, string? host, string? origin, string? authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        request.Headers.TryAddWithoutValidation("Origin", origin is null ? [] : [origin]);
        request.Headers.TryAddWithoutValidation("Authorization", authorization is null ? [] : [authorization]);
        return server.Http.SendAsync(request);
    }
}
