namespace Tidings.Grains.Sessions;

/// <summary>
/// Hears of every session of every protocol, once when it opens and once when it ends, whyever. It is the session's own activation that tells:
/// a session that moves between gateways and silos does not end by that.
/// </summary>
public interface ISessionObserver
{
    /// <summary>A session opens. Its client waits meanwhile.</summary>
    /// <param name="tenant">Its tenant.</param>
    /// <param name="sessionId">Its public id.</param>
    /// <param name="description">What is known of it.</param>
    /// <returns>The number to keep as <see cref="SessionDescription.Number"/>; null refuses the session.</returns>
    ValueTask<long?> OpenedAsync(string tenant, string sessionId, SessionDescription description);

    /// <summary>A session has ended. Must neither wait nor throw.</summary>
    /// <param name="tenant">Its tenant.</param>
    /// <param name="sessionId">Its public id.</param>
    /// <param name="description">What is known of it, with its number.</param>
    /// <param name="reason">Why.</param>
    void Ended(string tenant, string sessionId, SessionDescription description, SessionEnd reason);
}

/// <summary>Nobody observes sessions.</summary>
internal sealed class NoSessionObserver : ISessionObserver
{
    public ValueTask<long?> OpenedAsync(string tenant, string sessionId, SessionDescription description) => new(0);

    public void Ended(string tenant, string sessionId, SessionDescription description, SessionEnd reason)
    {
    }
}
