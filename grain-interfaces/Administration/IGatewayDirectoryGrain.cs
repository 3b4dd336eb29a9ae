namespace Tidings;

/// <summary>
/// The gateways of the cluster: each reports every second and takes its orders with the answer. What is not heard of for ten seconds is gone. Nothing
/// is stored: activated anew, it knows all of them within a second. Key: 0.
/// </summary>
[Alias("tidings.IGatewayDirectoryGrain")]
public interface IGatewayDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>A gateway says how it is.</summary>
    [Alias("Report")]
    Task<GatewayOrders> Report(GatewayReport report);

    /// <summary>A gateway is about to stop.</summary>
    [Alias("Leave")]
    Task Leave(string id);

    /// <summary>Every gateway. Somebody looks: for half a minute rates are counted, and figures published on <see cref="SystemChannels.Cluster"/>.</summary>
    [Alias("Gateways")]
    Task<GatewayReport[]> Gateways();

    /// <summary>Somebody looks at a tenant: for half a minute its figures are published on <see cref="SystemChannels.Figures"/>.</summary>
    [Alias("Watch")]
    Task Watch(string tenant);

    /// <summary>Has a gateway begin to move its sessions to the others, or take new ones again.</summary>
    /// <param name="id">The gateway.</param>
    /// <param name="order">What it is to do.</param>
    /// <returns>The gateway as it was; null if there is none.</returns>
    [Alias("Order")]
    Task<GatewayReport?> Order(string id, DrainOrder order);
}

/// <summary>What a gateway says of itself.</summary>
[GenerateSerializer, Immutable, Alias("tidings.GatewayReport")]
public sealed record GatewayReport
{
    /// <summary>The gateway process: another one after each start (<see cref="GatewayAddress.Id"/>).</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Where it listens; null where it does not know.</summary>
    [Id(1)] public string? Address { get; init; }

    /// <summary>Whether it moves its sessions to other gateways.</summary>
    [Id(2)] public required bool IsDraining { get; init; }

    /// <summary>The version of its program.</summary>
    [Id(3)] public required string Version { get; init; }

    /// <summary>When it started.</summary>
    [Id(4)] public required DateTimeOffset Started { get; init; }

    /// <summary>Processor time used, in percent of all processors, 0 to 100.</summary>
    [Id(5)] public required double Cpu { get; init; }

    /// <summary>Memory of its process.</summary>
    [Id(6)] public required long MemoryBytes { get; init; }

    /// <summary>Sessions that it holds.</summary>
    [Id(7)] public required int Sessions { get; init; }

    /// <summary>Messages that it wrote to clients per second since its last report; null while nobody looks.</summary>
    [Id(8)] public double? DeliveriesPerSecond { get; init; }

    /// <summary>Whether what is published does not come back to it, so that balancers send it nobody. A build that does not say so is ready.</summary>
    [Id(9)] public bool IsUnready { get; init; }
}

/// <summary>What a gateway is to do.</summary>
/// <param name="IsWatched">Whether it is to count its rates.</param>
/// <param name="Drain">The last order that was given to it; null: none is known, and it goes on as it is.</param>
[GenerateSerializer, Immutable, Alias("tidings.GatewayOrders")]
public sealed record GatewayOrders([property: Id(0)] bool IsWatched, [property: Id(1)] DrainOrder? Drain);

/// <summary>An order to move sessions away, or to end that.</summary>
/// <param name="IsDraining">Whether sessions are moved.</param>
/// <param name="Over">Over how long: clients that all came back at once would be a burden on the other gateways.</param>
[GenerateSerializer, Immutable, Alias("tidings.DrainOrder")]
public sealed record DrainOrder([property: Id(0)] bool IsDraining, [property: Id(1)] TimeSpan Over);
