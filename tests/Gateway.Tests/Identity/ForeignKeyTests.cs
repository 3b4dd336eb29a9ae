using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Where the keys of issuers come from, beside discovery: a key set at a URL, and files.</summary>
public sealed class ForeignKeyTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tidings-keys-").FullName;

    private string File => Path.Combine(_directory, "keys");

    [Fact]
    public async Task A_key_set_at_a_url_is_used_and_followed()
    {
        var (old, fresh) = (ForeignTokens.NewKey("old"), ForeignTokens.NewKey("new"));
        var published = ForeignTokens.KeySet(old);
        await using var issuer = await KeyServerAsync(() => published);
        await using var server = await StartAsync(("JwksUrl", $"{issuer.Urls.First()}/keys"), ("AllowHttp", "true"));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, old));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, ForeignTokens.NewKey("old")));

        published = ForeignTokens.KeySet(fresh);

        await Eventually.TrueAsync(async () => await CallAsync(server, fresh) == HttpStatusCode.OK, "The new key was not picked up.");
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, old));
    }

    [Fact]
    public async Task Keys_do_not_come_in_the_clear_unless_that_is_allowed()
    {
        var key = ForeignTokens.NewKey("key");
        await using var issuer = await KeyServerAsync(() => ForeignTokens.KeySet(key));
        await using var server = await StartAsync(("JwksUrl", $"{issuer.Urls.First()}/keys"));

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keys_in_a_file_are_used_and_followed(bool isKeySet)
    {
        var (old, fresh) = (ForeignTokens.NewKey("old"), ForeignTokens.NewKey("new"));
        Write(old);
        await using var server = await StartAsync(("KeyFile", File));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, old));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, fresh));

        System.IO.File.WriteAllText(File, "half a fi");
        await Eventually.TrueAsync(async () => await CallAsync(server, old) == HttpStatusCode.OK, "A file that is none took the keys away.");
        Write(fresh);

        await Eventually.TrueAsync(async () => await CallAsync(server, fresh) == HttpStatusCode.OK, "The new key was not picked up.");
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(server, old));

        void Write(ECDsaSecurityKey key) => System.IO.File.WriteAllText(File, isKeySet ? ForeignTokens.KeySet(key) : key.ECDsa.ExportSubjectPublicKeyInfoPem());
    }

    [Fact]
    public async Task A_file_may_have_several_keys_and_of_several_kinds()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        var (one, other) = (ForeignTokens.NewKey("one"), ForeignTokens.NewKey("other"));
        System.IO.File.WriteAllText(File, string.Join('\n', one.ECDsa.ExportSubjectPublicKeyInfoPem(), rsa.ExportSubjectPublicKeyInfoPem(), other.ECDsa.ExportSubjectPublicKeyInfoPem()));
        await using var server = await StartAsync(("KeyFile", File));

        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, one));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, other));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(server, new RsaSecurityKey(rsa) { KeyId = "three" }, SecurityAlgorithms.RsaSha256));
    }

    [Theory]
    [InlineData("operator")]
    [InlineData("devicebootstrap")]
    public async Task An_issuer_gives_no_role_that_reaches_beyond_a_tenant(string role)
    {
        var key = ForeignTokens.NewKey("key");
        System.IO.File.WriteAllText(File, ForeignTokens.KeySet(key));
        await using var server = await StartAsync(("KeyFile", File));

        using var response = await server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer(ForeignTokens.New(key, roles: ["reader", role])));

        Assert.DoesNotContain(role, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task<WebApplication> KeyServerAsync(Func<string> keys)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/keys", () => Results.Text(keys(), "application/json"));
        await app.StartAsync();
        return app;
    }

    private static Task<SecuredServer> StartAsync(params (string Key, string Value)[] source) => SecuredServer.StartAsync(
        null,
        [
            ("Issuers:test:Issuer", ForeignTokens.Issuer),
            ("Issuers:test:Audience", ForeignTokens.Audience),
            .. source.Select(static setting => ($"Issuers:test:{setting.Key}", setting.Value)),
        ]);

    private static async Task<HttpStatusCode> CallAsync(SecuredServer server, SecurityKey key, string algorithm = SecurityAlgorithms.EcdsaSha256)
    {
        using var response = await server.SendAsync(HttpMethod.Get, "/login", SecuredServer.Bearer(ForeignTokens.New(key, algorithm: algorithm)));
        return response.StatusCode;
    }
}
