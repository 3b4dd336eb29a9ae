namespace Tidings.Silo;

/// <summary>
/// Mutual TLS between the processes of a cluster, in configuration section <c>Tidings:ClusterTls</c>, the same for all of them: each shows a
/// certificate, and takes only certificates of the cluster's own authority under the cluster's name. Files are read at the start.
/// </summary>
public sealed record ClusterTlsOptions
{
    /// <summary>A PEM file with this process's certificate, good for server and client (RFC 5280 section 4.2.1.12), and its chain. Required.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>A PEM file with its private key. Default unset: the key is in <see cref="Certificate"/>.</summary>
    public string? Key { get; init; }

    /// <summary>A PEM file with the authority that signed every certificate of the cluster. No other authority is trusted. Required.</summary>
    public string Authority { get; init; } = "";

    /// <summary>The DNS name that every silo's certificate is for, whatever its address. Default <c>tidings</c>.</summary>
    public string Name { get; init; } = "tidings";
}
