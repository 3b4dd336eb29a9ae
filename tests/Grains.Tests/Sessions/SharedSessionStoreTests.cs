using Tidings.Grains.Cluster;

namespace Tidings.Grains.Sessions;

/// <summary>The store of the cluster tests does what the real one does.</summary>
public sealed class SharedSessionStoreTests : SessionStoreTests
{
    private protected override ISessionStore Create() => new SharedSessionStore(TimeProvider.System);
}
