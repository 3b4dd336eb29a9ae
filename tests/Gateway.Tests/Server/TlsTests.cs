using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Tests;

namespace Tidings.Gateway.Tests.Server;

/// <summary>TLS of the gateway's own, and certificates that change under way.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("gateway.pem")]
    [InlineData("gateway.pfx")]
    public async Task A_changed_certificate_is_for_new_connections_and_leaves_old_ones_be(string file)
    {
        var first = Write(file);
        await using var app = Build(file);
        await app.StartAsync();
        using var old = await ConnectAsync(app);
        Assert.Equal(first, Shown(old));

        var second = Write(file);
        await Eventually.TrueAsync(
            async () =>
            {
                using var fresh = await ConnectAsync(app);
                return Shown(fresh) == second;
            },
            "New connections do not get the new certificate.");

        Assert.Equal(first, Shown(old));
        Assert.StartsWith("HTTP/1.1 200", await GetAsync(old), StringComparison.Ordinal);
        await app.StopAsync();
    }

    [Fact]
    public async Task A_certificate_that_is_none_leaves_the_old_one_in_place()
    {
        var first = Write("gateway.pem");
        await using var app = Build("gateway.pem");
        await app.StartAsync();
        var certificate = app.Services.GetRequiredService<ServerCertificate>();

        _authority.Replace("gateway.pem", "not a certificate"u8.ToArray());
        certificate.Reload();
        using var fresh = await ConnectAsync(app);

        Assert.Equal(first, Shown(fresh));
        await app.StopAsync();
    }

    [Fact]
    public async Task A_missing_certificate_is_told_at_the_start()
    {
        await using var app = Build("missing.pem");

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.Contains("missing.pem", refusal.Message, StringComparison.Ordinal);
    }

    private string Write(string file) => file.EndsWith(".pfx", StringComparison.Ordinal)
        ? _authority.WritePkcs12("localhost", file, "secret") : _authority.WritePem("localhost", file);

    private static string Shown(SslStream stream) => ((X509Certificate2)stream.RemoteCertificate!).Thumbprint;

    private static async Task<string> GetAsync(SslStream stream)
    {
        using var patience = new CancellationTokenSource(Patience);
        await stream.WriteAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), patience.Token);
        var answer = new byte[4096];
        return Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer, patience.Token));
    }

    private async Task<SslStream> ConnectAsync(WebApplication app)
    {
        using var patience = new CancellationTokenSource(Patience);
        var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", new Uri(app.Urls.First()).Port, patience.Token);
        var stream = new SslStream(socket.GetStream());
        var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        chain.CustomTrustStore.Add(_authority.Root);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = chain }, patience.Token);
        return stream;
    }

    private WebApplication Build(string file)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("https://127.0.0.1:0");
        builder.Configuration["Tidings:Tls:Certificate"] = _authority.PathTo(file);
        builder.Configuration["Tidings:Tls:Password"] = file.EndsWith(".pfx", StringComparison.Ordinal) ? "secret" : null;
        builder.AddTidings();
        var app = builder.Build();
        app.MapTidings();
        return app;
    }
}
