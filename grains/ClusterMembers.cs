using Tidings.Grains.Streams;

namespace Tidings.Grains;

/// <summary>What is known of the cluster's silos by name.</summary>
internal interface IClusterMembers
{
    /// <summary>Whether a silo incarnation is known to be dead.</summary>
    bool IsGone(string silo);

    /// <summary>The silos that are not known to be dead.</summary>
    IReadOnlySet<string> Alive();
}

/// <inheritdoc cref="IClusterMembers"/>
internal sealed class ClusterMembers(ISiloStatusOracle oracle) : IClusterMembers
{
    public bool IsGone(string silo) => oracle.IsDeadSilo(SiloAddress.FromParsableString(silo));

    public IReadOnlySet<string> Alive() =>
        oracle.GetApproximateSiloStatuses(onlyActive: false)
            .Where(silo => silo.Value != SiloStatus.Dead)
            .Select(silo => SiloStream.NameOf(silo.Key))
            .ToHashSet(StringComparer.Ordinal);
}
