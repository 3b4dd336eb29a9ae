using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Tidings.Silo;

/// <summary>Puts mutual TLS under Orleans' connections.</summary>
public static class ClusterTls
{
    /// <summary>Between silos, and from gateways to this silo. Does nothing without options.</summary>
    public static void UseClusterTls(this ISiloBuilder silo, ClusterTlsOptions? options)
    {
        if (options is not null)
        {
            silo.UseTls(Configuring(options));
        }
    }

    /// <summary>From this gateway to silos. Does nothing without options.</summary>
    public static void UseClusterTls(this IClientBuilder client, ClusterTlsOptions? options)
    {
        if (options is not null)
        {
            client.UseTls(Configuring(options));
        }
    }

    private static Action<TlsOptions> Configuring(ClusterTlsOptions options)
    {
        if (string.IsNullOrEmpty(options.Certificate) || string.IsNullOrEmpty(options.Authority))
        {
            throw new InvalidOperationException("Tidings:ClusterTls needs both Certificate and Authority.");
        }

        var certificate = X509Certificate2.CreateFromPemFile(options.Certificate, options.Key);
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(options.Authority);
        return tls =>
        {
            tls.LocalCertificate = certificate;
            tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.OnAuthenticateAsServer = (_, server) => server.CertificateChainPolicy = Only(trusted);
            tls.OnAuthenticateAsClient = (_, client) =>
            {
                client.CertificateChainPolicy = Only(trusted);
                client.TargetHost = options.Name;
            };
        };
    }

    /// <summary>The cluster's authority alone: whom the machine trusts otherwise does not belong to the cluster. It publishes no revocations.</summary>
    private static X509ChainPolicy Only(X509Certificate2Collection trusted)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trusted);
        return policy;
    }
}
