using System.Net.Security;
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
            throw new StartRefusedException("Tidings:ClusterTls needs both Certificate and Authority.");
        }

        var certificate = X509Certificate2.CreateFromPemFile(options.Certificate, options.Key);
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(options.Authority);
        return tls =>
        {
            tls.LocalCertificate = certificate;
            tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = options.Name;
            tls.RemoteCertificateValidation = (remote, chain, errors) => IsOfCluster(remote, chain, errors, trusted);
        };
    }

    /// <summary>
    /// Whether a certificate is of the cluster's authority: whom the machine trusts otherwise does not belong to the cluster. Everything
    /// else, the name above all, is as the framework judged it.
    /// </summary>
    private static bool IsOfCluster(X509Certificate2 remote, X509Chain? seen, SslPolicyErrors errors, X509Certificate2Collection trusted)
    {
        if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        // The authority of a cluster publishes no revocations: who is to be shut out gets no new certificate.
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(seen?.ChainPolicy.ExtraStore ?? []);
        foreach (var use in seen?.ChainPolicy.ApplicationPolicy ?? [])
        {
            chain.ChainPolicy.ApplicationPolicy.Add(use);
        }

        return chain.Build(remote);
    }
}
