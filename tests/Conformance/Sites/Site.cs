using Tidings.Conformance.Catalog;

namespace Tidings.Conformance.Sites;

/// <summary>A server under judgement: what can be asked of it, where it runs, and where it is known to deviate.</summary>
abstract class Site : IAsyncDisposable
{
    /// <summary>The server's name for reports.</summary>
    public abstract string Name { get; }

    /// <summary>Where the server is known to differ, and why.</summary>
    public virtual Deviations Deviations => Deviations.None;

    /// <summary>The cases that can be judged on this server.</summary>
    public IEnumerable<Case> Cases => CaseCatalog.All.Where(item => Offers(item.Demand.Profile) && (item.Demand.Needs & ~Knows) == 0);

    /// <summary>What is known of the server in its default profile.</summary>
    protected abstract Needs Knows { get; }

    /// <summary>Whether the server can be had in this profile.</summary>
    protected abstract bool Offers(Profile profile);

    /// <summary>The running server of a profile; started on first use.</summary>
    public abstract Task<BayeuxTarget> TargetAsync(Profile profile);

    /// <summary>Starts one more server in the default profile, for the caller to stop.</summary>
    /// <param name="port">The loopback port; 0 for any free one.</param>
    public virtual Task<ServerProcess> StartOwnAsync(int port) => throw new NotSupportedException($"{Name} cannot be started here");

    public abstract ValueTask DisposeAsync();
}
