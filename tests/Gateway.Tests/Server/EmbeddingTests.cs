using System.Net;
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
            app.MapPost("/own/login", static () => Microsoft.AspNetCore.Http.TypedResults.SignIn(
                new(new System.Security.Claims.ClaimsIdentity([new("name", "ann")], "own")), authenticationScheme: CookieAuthenticationDefaults.AuthenticationScheme));
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
