using Tidings.Grains.Streams;

namespace Tidings.Grains;

/// <summary>What is known of the cluster's silos by name.</summary>
internal interface IClusterMembers
{
    /// <summary>
    /// Whether a silo incarnation is known to be dead, or so old that the table of members has forgotten it. One that is not known yet may have just
    /// joined.
    /// </summary>
    bool IsGone(string silo);

    /// <summary>The silos that are not known to be dead.</summary>
    IReadOnlySet<string> Alive();
}

/// <inheritdoc cref="IClusterMembers"/>
internal sealed class ClusterMembers(ISiloStatusOracle oracle) : IClusterMembers
{
    /// <summary>Seconds after its start in which a silo surely got into the table, and the table to everybody.</summary>
    private const int Novelty = 60 * 60;

    public bool IsGone(string silo)
    {
        var address = SiloAddress.FromParsableString(silo);
        return oracle.GetApproximateSiloStatus(address) switch
        {
            SiloStatus.Dead => true,
            SiloStatus.None => SiloAddress.AllocateNewGeneration() - address.Generation > Novelty,
            _ => false,
        };
    }

    public IReadOnlySet<string> Alive() =>
        oracle.GetApproximateSiloStatuses(onlyActive: false)
            .Where(silo => silo.Value != SiloStatus.Dead)
            .Select(silo => SiloStream.NameOf(silo.Key))
            .ToHashSet(StringComparer.Ordinal);
}
