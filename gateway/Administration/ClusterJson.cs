namespace Tidings.Gateway.Administration;

/// <summary>The cluster.</summary>
internal sealed record StatusView
{
    public required string Version { get; init; }

    public required string ClusterId { get; init; }

    public required bool Standalone { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>The silos; null to those who are no operators, as for the rest.</summary>
    public NodeView[]? Silos { get; init; }

    public NodeView[]? Gateways { get; init; }

    public StoreView? Redis { get; init; }
}

/// <summary>The logs' store.</summary>
internal sealed record StoreView(bool Configured, bool Healthy);

/// <summary>A silo or gateway.</summary>
internal sealed record NodeView(string Id, string? Name, string? Address, string Status, string? Version, DateTimeOffset? Started, LoadView? Load)
{
    public const string Draining = "draining";
    private const string Ready = "ready";
    private const string Unready = "unready";

    public static NodeView Of(SiloView silo) => new(
        silo.Id, silo.Name, silo.Address, silo.Status, silo.Load?.Version, silo.Load?.Started,
        silo.Load is { } load ? new LoadView(load.Cpu, load.MemoryBytes, load.Sessions, load.PublishesPerSecond, null) : null);

    public static NodeView Of(GatewayReport gateway) => new(
        gateway.Id, null, gateway.Address, StatusOf(gateway), gateway.Version, gateway.Started,
        new LoadView(gateway.Cpu, gateway.MemoryBytes, gateway.Sessions, null, gateway.DeliveriesPerSecond));

    private static string StatusOf(GatewayReport gateway) => gateway.IsDraining ? Draining : gateway.IsUnready ? Unready : Ready;
}

/// <summary>How busy a silo or gateway is. Rates are null at the first look.</summary>
internal sealed record LoadView(double Cpu, long MemoryBytes, int Sessions, double? PublishesPerSecond, double? DeliveriesPerSecond);

/// <summary>How a gateway is to be drained.</summary>
/// <param name="Seconds">Over how long its sessions are moved, 0 to 3,600; 30 if not given.</param>
internal sealed record DrainRequest(int? Seconds = null);

/// <summary>A gateway that begins to be drained.</summary>
internal sealed record DrainView(string Id, string Status, int Sessions);
