using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Tokens that somebody else issued.</summary>
public sealed class ForeignTokenTests : IAsyncLifetime
{
    private readonly List<ECDsaSecurityKey> _published = [ForeignTokens.NewKey("first")];
    private WebApplication _issuer = null!;
    private SecuredServer _server = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _issuer = builder.Build();
        _issuer.MapGet("/.well-known/openid-configuration", (HttpContext context) => Results.Json(new { issuer = ForeignTokens.Issuer, jwks_uri = $"http://{context.Request.Host}/keys" }));
        _issuer.MapGet("/keys", () => Results.Text(ForeignTokens.KeySet([.. _published]), "application/json"));
        await _issuer.StartAsync();
        _server = await SecuredServer.StartAsync(
            null,
            ("Issuers:test:Issuer", ForeignTokens.Issuer),
            ("Issuers:test:Audience", ForeignTokens.Audience),
            ("Issuers:test:Authority", _issuer.Urls.First()),
            ("Issuers:test:AllowHttp", "true"),
            ("Issuers:test:TenantClaim", "tid"),
            ("Issuers:test:ClockSkew", "00:00:05"));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task A_token_of_a_configured_issuer_is_taken() => Assert.Equal(HttpStatusCode.OK, await CallAsync(ForeignTokens.New(_published[0])));

    [Fact]
    public async Task Its_roles_decide()
    {
        using var news = await _server.SendAsync(HttpMethod.Get, "/channels/news/a", SecuredServer.Bearer(ForeignTokens.New(_published[0])));
        using var secret = await _server.SendAsync(HttpMethod.Get, "/channels/secret/a", SecuredServer.Bearer(ForeignTokens.New(_published[0])));

        Assert.Equal(HttpStatusCode.OK, news.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, secret.StatusCode);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(null)]
    public async Task A_rotated_key_is_picked_up(int? from)
    {
        Assert.Equal(HttpStatusCode.OK, await CallAsync(ForeignTokens.New(_published[0])));
        var next = ForeignTokens.NewKey("second");
        _published.Insert(0, next);

        await Eventually.TrueAsync(() => CallAsync(ForeignTokens.New(next, from: from)).GetAwaiter().GetResult() == HttpStatusCode.OK, "The new key was not picked up.");
    }

    [Fact]
    public async Task A_token_signed_by_somebody_else_is_refused() => Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(ForeignTokens.New(ForeignTokens.NewKey("first"))));

    [Fact]
    public async Task An_expired_token_is_refused() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(ForeignTokens.New(_published[0], from: -120, until: -60)));

    [Fact]
    public async Task A_token_of_the_future_is_refused() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(ForeignTokens.New(_published[0], from: 60, until: 120)));

    [Fact]
    public async Task A_token_for_another_audience_is_refused() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(ForeignTokens.New(_published[0], audience: "another")));

    [Fact]
    public async Task A_token_of_another_issuer_is_refused() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(ForeignTokens.New(_published[0], issuer: "https://another.example")));

    [Fact]
    public async Task A_token_without_a_tenant_is_refused() => Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(ForeignTokens.New(_published[0], tenant: null)));

    [Fact]
    public async Task A_token_whose_user_is_no_name_is_refused() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(ForeignTokens.New(_published[0], user: "a/b\r\nc")));

    [Fact]
    public async Task An_unsigned_token_is_refused()
    {
        var token = ForeignTokens.New(null);

        Assert.EndsWith(".", token, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(token));
    }

    [Fact]
    public async Task A_public_key_is_no_shared_secret()
    {
        var secret = new SymmetricSecurityKey(_published[0].ECDsa.ExportSubjectPublicKeyInfo()) { KeyId = "first" };

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(ForeignTokens.New(secret, algorithm: SecurityAlgorithms.HmacSha256)));
    }

    private async Task<HttpStatusCode> CallAsync(string token)
    {
        using var response = await _server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer(token));
        return response.StatusCode;
    }
}
