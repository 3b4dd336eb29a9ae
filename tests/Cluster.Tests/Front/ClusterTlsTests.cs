using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tidings.Cluster.Tests.Processes;
using Tidings.Tests;

namespace Tidings.Cluster.Tests.Front;

/// <summary>TLS between a silo and a gateway, each a process.</summary>
public sealed class ClusterTlsTests
{
    [Fact]
    public async Task Processes_with_the_cluster_s_certificates_talk_and_nobody_else_is_let_in()
    {
        using var authority = new TestAuthority();
        using var foreign = new TestAuthority();
        await using var redis = await RedisServer.StartAsync();
        string[] cluster = [$"--Tidings:Redis={redis.ConnectionString}", $"--Tidings:ClusterId=test-{Guid.NewGuid():N}", .. Tls(authority, authority)];
        var port = FreePort.Next();
        await using var silo = await SiloProcess.StartAsync("silo", [.. cluster, $"--Tidings:GatewayPort={port}"]);
        await silo.ReadyAsync();
        await using var gateway = await GatewayProcess.StartAsync("gateway", cluster);
        await gateway.ReadyAsync();

        Assert.Equal(HttpStatusCode.OK, await PublishAsync(gateway));
        using var other = foreign.Issue("tidings");
        await AssertCutOffAsync(port, authority, null);
        await AssertCutOffAsync(port, authority, other);
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(gateway));
    }

    static string[] Tls(TestAuthority own, TestAuthority trusted)
    {
        own.WritePem("tidings", "process.pem");
        return [$"--Tidings:ClusterTls:Certificate={own.PathTo("process.pem")}", $"--Tidings:ClusterTls:Authority={trusted.RootFile}"];
    }

    static async Task<HttpStatusCode> PublishAsync(GatewayProcess gateway)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var body = new StringContent("1", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/channels/tls", body);
        return answer.StatusCode;
    }

    /// <summary>A silo waits for the first word of whom it lets in, and ends the connection of others.</summary>
    static async Task AssertCutOffAsync(int port, TestAuthority authority, X509Certificate2? certificate)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", port, patience.Token);
        var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        chain.CustomTrustStore.Add(authority.Root);
        await using var stream = new SslStream(socket.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "tidings",
                    ClientCertificates = certificate is null ? null : [certificate],
                    CertificateChainPolicy = chain,
                },
                patience.Token);
            Assert.Equal(0, await stream.ReadAsync(new byte[1], patience.Token));
        }
        catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
        {
            // Cut off in the middle of the handshake.
        }
    }
}
