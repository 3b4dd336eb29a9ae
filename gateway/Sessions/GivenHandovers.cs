using System.Collections.Concurrent;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// What was told of sessions that other gateways took, kept for a while: an answer may be lost with a silo on its way, and is then asked for
/// again. At most one a session.
/// </summary>
internal sealed class GivenHandovers(TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<string, Given> _given = new(StringComparer.Ordinal);

    public void Keep(string sessionId, long stay, SessionHandover handover) =>
        _given[sessionId] = new Given(stay, handover, time.GetSteadyNow() + Life);

    /// <summary>What was told of a stay; null if nothing is kept.</summary>
    public SessionHandover? Find(string sessionId, long stay) =>
        _given.TryGetValue(sessionId, out var given) && given.Stay == stay ? given.Handover : null;

    /// <summary>Forgets what is too old to be asked for.</summary>
    public void Sweep()
    {
        var now = time.GetSteadyNow();
        foreach (var entry in _given.Where(entry => entry.Value.Until < now))
        {
            _given.TryRemove(entry);
        }
    }

    private sealed record Given(long Stay, SessionHandover Handover, DateTimeOffset Until);
}
