using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Administration;

/// <summary>
/// Moves this gateway's sessions to the others, as an administrator orders before it is stopped: it is not ready any more, so that balancers
/// send nobody new, and its clients are told, one after the other, to come back, which brings them elsewhere. A session whose client is away is
/// given back to its silo.
/// </summary>
internal sealed class GatewayDrain(GatewayHub hub, SessionDoor door, TimeProvider time)
{
    /// <summary>Clients that came back here all the same are told again, but not all the time: a balancer may take a while to notice.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly Dictionary<LocalSession, DateTimeOffset> _told = [];
    private volatile Draining? _draining;

    /// <summary>Whether sessions are moved.</summary>
    public bool IsDraining => _draining is not null;

    /// <summary>Carries an order out; the same one again changes nothing.</summary>
    public void Obey(DrainOrder order)
    {
        if (order.IsDraining != IsDraining)
        {
            _draining = order.IsDraining ? new Draining(time.GetSteadyNow(), order.Over) : null;
        }
    }

    /// <summary>Tells those whose turn it is. Called about once a second, by one caller.</summary>
    public async Task TickAsync()
    {
        if (_draining is not { } draining)
        {
            _told.Clear();
            return;
        }

        var now = time.GetSteadyNow();
        foreach (var gone in _told.Keys.Where(session => !ReferenceEquals(hub.Find(session.Tenant, session.Id), session)).ToList())
        {
            _told.Remove(gone);
        }

        var share = draining.ShareAt(now);
        foreach (var session in hub.ClientSessions.Where(session => PlaceOf(session) <= share))
        {
            await TellAsync(session, now);
        }
    }

    private async Task TellAsync(LocalSession session, DateTimeOffset now)
    {
        if (_told.TryGetValue(session, out var told) && now - told < Again)
        {
            return;
        }

        if (told != default && session is { Sink: null, Description: not null })
        {
            await door.ParkAsync(session);
            return;
        }

        _told[session] = now;
        session.Protocol?.Stopping(session);
    }

    /// <summary>A session's turn, from 0 to 1: public ids are evenly spread.</summary>
    private static double PlaceOf(LocalSession session) =>
        uint.TryParse(session.Id.AsSpan(0, Math.Min(8, session.Id.Length)), System.Globalization.NumberStyles.HexNumber, null, out var number) ? (double)number / uint.MaxValue : 0;

    private sealed record Draining(DateTimeOffset Since, TimeSpan Over)
    {
        public double ShareAt(DateTimeOffset now) => Over <= TimeSpan.Zero ? 1 : (now - Since) / Over;
    }
}
