using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>What differs between endpoints that speak Bayeux. The connection that a message comes on decides, not its session.</summary>
internal abstract class BayeuxDialect
{
    /// <summary>The connection types a client may choose from.</summary>
    public abstract IReadOnlyList<string> ConnectionTypes { get; }

    /// <summary>How long a connect is held unless its client asks for another time.</summary>
    public abstract TimeSpan Timeout { get; }

    /// <summary>The longest time that a client may ask for.</summary>
    public abstract TimeSpan LongestTimeout { get; }

    /// <summary>How long clients wait between a connect's reply and the next connect.</summary>
    public abstract TimeSpan Interval { get; }

    /// <summary>How long a session lives without a connect under way.</summary>
    public abstract TimeSpan MaxInterval { get; }

    /// <summary>The longest such life that a client may ask for in a connect.</summary>
    public abstract TimeSpan MaxClientInterval { get; }

    /// <summary>How often a held long poll gets a space, as a sign of life; null for never.</summary>
    public virtual TimeSpan? KeepAlive => null;

    /// <summary>Whether a handshake may leave out its version and connection types.</summary>
    public virtual bool IsLenient => false;

    /// <summary>Whether clients may publish.</summary>
    public virtual bool TakesPublishes => true;

    /// <summary>Whether a connect's reply repeats the clientId.</summary>
    public virtual bool RepeatsClientId => false;

    /// <summary>Whether the connections that a user has to one channel are bounded.</summary>
    public virtual bool CountsConnections => false;

    /// <summary>The error for a session that is not known.</summary>
    public virtual string SessionUnknown => BayeuxErrors.SessionUnknown;

    /// <summary>The error for a handshake that is refused without a reason of its own.</summary>
    public virtual string HandshakeDenied => BayeuxErrors.HandshakeDenied;

    /// <summary>Whether the replay extension is offered.</summary>
    public virtual bool OffersReplay => false;

    /// <summary>Writes the deliveries of a session.</summary>
    public abstract BayeuxDeliveries DeliveriesFor(LocalSession session);

    /// <summary>The channel that a client's name for it means.</summary>
    public virtual string ToCore(string channel) => channel;
}

/// <summary>Bayeux as its specification and CometD have it.</summary>
internal sealed class StandardDialect(IOptionsMonitor<BayeuxOptions> options) : BayeuxDialect
{
    private static readonly string[] Transports = ["websocket", "long-polling", "cross-origin-long-polling", "callback-polling"];
    private static readonly string[] TransportsWithoutJsonp = ["websocket", "long-polling", "cross-origin-long-polling"];

    public override IReadOnlyList<string> ConnectionTypes => options.CurrentValue.Jsonp ? Transports : TransportsWithoutJsonp;

    public override TimeSpan Timeout => options.CurrentValue.Timeout;

    public override TimeSpan LongestTimeout => options.CurrentValue.Timeout;

    public override TimeSpan Interval => options.CurrentValue.Interval;

    public override TimeSpan MaxInterval => options.CurrentValue.MaxInterval;

    public override TimeSpan MaxClientInterval => options.CurrentValue.MaxClientInterval;

    public override bool OffersReplay => true;

    public override BayeuxDeliveries DeliveriesFor(LocalSession session) =>
        session.Description is { Replays: true } ? BayeuxDeliveries.WithIds : BayeuxDeliveries.Plain;
}
