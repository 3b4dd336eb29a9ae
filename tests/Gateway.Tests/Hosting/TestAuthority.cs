using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tidings.Tests;

/// <summary>A certificate authority of a test's own, in a directory that goes with it.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddDays(-1);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tidings-certificates-");
    private readonly X509Certificate2 _root;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Test authority {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(Start, Start.AddYears(1));
        File.WriteAllText(RootFile, _root.ExportCertificatePem());
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public string RootFile => PathTo("root.pem");

    public X509Certificate2 Root => _root;

    public string PathTo(string file) => Path.Combine(_directory.FullName, file);

    /// <summary>A certificate for a DNS name, with its key.</summary>
    public X509Certificate2 Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_root, Start, Start.AddYears(1).AddHours(-1), RandomNumberGenerator.GetBytes(12));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Writes a new certificate as one PEM file.</summary>
    /// <returns>Its thumbprint.</returns>
    public string WritePem(string name, string file)
    {
        using var certificate = Issue(name);
        using var key = certificate.GetECDsaPrivateKey()!;
        Replace(file, System.Text.Encoding.ASCII.GetBytes($"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n"));
        return certificate.Thumbprint;
    }

    /// <summary>Writes a new certificate as PKCS #12.</summary>
    /// <returns>Its thumbprint.</returns>
    public string WritePkcs12(string name, string file, string password)
    {
        using var certificate = Issue(name);
        Replace(file, certificate.Export(X509ContentType.Pfx, password));
        return certificate.Thumbprint;
    }

    /// <summary>Puts a whole file in the place of another.</summary>
    public void Replace(string file, byte[] content)
    {
        File.WriteAllBytes(PathTo(file + ".new"), content);
        File.Move(PathTo(file + ".new"), PathTo(file), overwrite: true);
    }

    public void Dispose()
    {
        _root.Dispose();
        _directory.Delete(recursive: true);
    }
}
