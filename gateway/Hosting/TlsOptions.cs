namespace Tidings.Gateway.Hosting;

/// <summary>The gateway's own TLS, in configuration section <c>Tidings:Tls</c>. Used by every <c>https://</c> address it listens on.</summary>
public sealed record TlsOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Tls";

    /// <summary>
    /// A file with the certificate: PEM, with the certificates between it and its root after it, or PKCS #12 (<c>.pfx</c>, <c>.p12</c>).
    /// Default unset: Kestrel's own configuration counts. The file is read again when it changes; connections that exist keep theirs.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>A PEM file with the private key. Default unset: the key is in <see cref="Certificate"/>.</summary>
    public string? Key { get; init; }

    /// <summary>The password of the key or of the PKCS #12 file. Default none.</summary>
    public string? Password { get; init; }
}
