using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Tidings.Gateway.Hosting;

/// <summary>Reads a certificate with its key and the chain it is sent with.</summary>
internal static class CertificateFile
{
    /// <exception cref="System.Security.Cryptography.CryptographicException">The files do not hold a certificate and its key.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SslStreamCertificateContext Load(TlsOptions options)
    {
        var chain = new X509Certificate2Collection();
        var leaf = IsPkcs12(options.Certificate!) ? LoadPkcs12(options, chain) : LoadPem(options, chain);
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    private static bool IsPkcs12(string path) => Path.GetExtension(path).ToUpperInvariant() is ".PFX" or ".P12";

    private static X509Certificate2 LoadPkcs12(TlsOptions options, X509Certificate2Collection chain)
    {
        chain.AddRange(X509CertificateLoader.LoadPkcs12CollectionFromFile(options.Certificate!, options.Password));
        var leaf = chain.FirstOrDefault(static certificate => certificate.HasPrivateKey)
            ?? throw new System.Security.Cryptography.CryptographicException($"{options.Certificate} holds no private key.");
        chain.Remove(leaf);
        return leaf;
    }

    private static X509Certificate2 LoadPem(TlsOptions options, X509Certificate2Collection chain)
    {
        chain.ImportFromPemFile(options.Certificate!);
        if (chain.Count > 0)
        {
            chain.RemoveAt(0);
        }

        return string.IsNullOrEmpty(options.Password)
            ? X509Certificate2.CreateFromPemFile(options.Certificate!, options.Key)
            : X509Certificate2.CreateFromEncryptedPemFile(options.Certificate!, options.Password, options.Key);
    }
}
