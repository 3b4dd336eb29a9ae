namespace Tidings.Cluster.Tests.FrontEnds;

/// <summary>A client of a front end that is subscribed to one channel, as the front end's own clients go about it.</summary>
public abstract class Subscriber : IAsyncDisposable
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Opens its session at a gateway, and subscribes.</summary>
    public abstract Task OpenAsync(Uri gateway);

    /// <summary>The <c>n</c> of the next message.</summary>
    /// <exception cref="TimeoutException">None came within 30 s.</exception>
    public abstract Task<int> NextAsync();

    /// <summary>Its connection breaks without a word.</summary>
    public abstract Task BreakAsync();

    /// <summary>Comes back at a gateway: to its session where the protocol has that, else with a new one.</summary>
    public abstract Task ComeBackAsync(Uri gateway);

    public abstract ValueTask DisposeAsync();
}
