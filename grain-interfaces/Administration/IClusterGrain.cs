namespace Tidings;

/// <summary>
/// The cluster as its administrators look at it: asks every silo, and answers with what those said that answered in time. Whoever calls it has
/// checked what the caller may see. Key: 0.
/// </summary>
[Alias("tidings.IClusterGrain")]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>The silos, those that leave or died of late included, and the logs' store.</summary>
    [Alias("State")]
    Task<ClusterState> State();

    /// <summary>How much goes on in a tenant.</summary>
    [Alias("Tenant")]
    Task<TenantLoad> Tenant(string tenant);

    /// <summary>Sessions in the order of their public ids.</summary>
    [Alias("Sessions")]
    Task<SessionPage> Sessions(SessionQuery query);

    /// <summary>One session; null if there is none.</summary>
    /// <param name="tenant">Its tenant; null for any.</param>
    /// <param name="sessionId">Its public id.</param>
    [Alias("Session")]
    Task<SessionDetail?> Session(string? tenant, string sessionId);

    /// <summary>Channels of a tenant in the order of their names: those that were published to, and those that sessions wait for.</summary>
    [Alias("Channels")]
    Task<ChannelPage> Channels(ChannelQuery query);

    /// <summary>One channel; null if nobody ever published to it and nobody subscribes to it by name.</summary>
    [Alias("Channel")]
    Task<ChannelDetail?> Channel(ChannelId channel);
}

/// <summary>What <see cref="IClusterGrain.Sessions"/> looks for.</summary>
/// <param name="Tenant">The tenant; null for all.</param>
/// <param name="Text">A part of the public id, the user, the client's address or the protocol; null for any. Case does not matter.</param>
/// <param name="After">The public id after which to begin; null for the first.</param>
/// <param name="Limit">The most sessions wanted, 1 to 1,000.</param>
[GenerateSerializer, Immutable, Alias("tidings.SessionQuery")]
public sealed record SessionQuery(
    [property: Id(0)] string? Tenant, [property: Id(1)] string? Text, [property: Id(2)] string? After, [property: Id(3)] int Limit);

/// <summary>What <see cref="IClusterGrain.Channels"/> looks for.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Text">What the name begins with, or a pattern; null for any.</param>
/// <param name="After">The name after which to begin; null for the first.</param>
/// <param name="Limit">The most channels wanted, 1 to 1,000.</param>
[GenerateSerializer, Immutable, Alias("tidings.ChannelQuery")]
public sealed record ChannelQuery(
    [property: Id(0)] string Tenant, [property: Id(1)] string? Text, [property: Id(2)] string? After, [property: Id(3)] int Limit)
{
    /// <summary>Whether a channel's name is what is looked for, and comes after <see cref="After"/>.</summary>
    public bool Matches(string name) =>
        (After is null || string.CompareOrdinal(name, After) > 0)
        && (string.IsNullOrEmpty(Text) || (ChannelName.IsPattern(Text) ? ChannelName.Matches(Text, name) : name.StartsWith(Text, StringComparison.Ordinal)));
}
