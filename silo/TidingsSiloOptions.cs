using System.Net;

namespace Tidings.Silo;

/// <summary>How processes of a cluster find each other: configuration section <c>Tidings</c>.</summary>
public sealed record TidingsClusterOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings";

    /// <summary>As a program was configured.</summary>
    public static TidingsClusterOptions Of(IConfiguration configuration) => configuration.GetSection(Section).Get<TidingsClusterOptions>() ?? new TidingsClusterOptions();

    /// <summary>
    /// A StackExchange.Redis connection string: membership, storage and the messages' logs live there. Unset: a gateway is a whole
    /// server by itself, a silo refuses to start.
    /// </summary>
    public string? Redis { get; init; }

    /// <summary>Orleans' cluster id: silos and gateways of one id form a cluster. Default <c>tidings</c>.</summary>
    public string ClusterId { get; init; } = "tidings";

    /// <summary>Orleans' service id: what is stored belongs to it, across clusters. Default <c>tidings</c>.</summary>
    public string ServiceId { get; init; } = "tidings";

    /// <summary>TLS between silos and gateways, section <c>Tidings:ClusterTls</c>. Default unset: in the clear, for a private network only.</summary>
    public ClusterTlsOptions? ClusterTls { get; init; }

    /// <summary>The address this silo gives others. Default 127.0.0.1; in a network, the machine's or the container's own address, or <c>auto</c>.</summary>
    public string AdvertisedIP { get; init; } = IPAddress.Loopback.ToString();

    /// <summary>The port silos use among themselves. Default 11111; 0 takes a free one.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>The port gateways connect to. Default 30000; 0 takes a free one.</summary>
    public int GatewayPort { get; init; } = 30000;
}
