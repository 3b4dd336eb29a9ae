namespace Tidings.Grains.Membership;

/// <summary>Whether this silo is still written down as a member of its cluster.</summary>
public interface ISiloMembership
{
    /// <summary>
    /// Whether the table of members has lost this silo's row while it was active: it came back without its data, or a failover took an older
    /// copy. Nobody finds this silo any more; it is about to end, and its runner starts it again.
    /// </summary>
    bool IsForgotten { get; }
}
