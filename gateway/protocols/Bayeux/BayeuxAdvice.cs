namespace Tidings.Protocols.Bayeux;

/// <summary>
/// How the other side should reconnect (Bayeux specification, "advice"). A member that is null is not on the wire.
/// </summary>
public sealed record BayeuxAdvice
{
    /// <summary><c>retry</c>, <c>handshake</c> or <c>none</c>.</summary>
    public string? Reconnect { get; init; }

    /// <summary>Milliseconds a connect is held when there is nothing to deliver.</summary>
    public long? Timeout { get; init; }

    /// <summary>Milliseconds the client waits between a connect reply and its next connect.</summary>
    public long? Interval { get; init; }

    /// <summary>Milliseconds beyond <see cref="Interval"/> that a session lives without a connect.</summary>
    public long? MaxInterval { get; init; }

    /// <summary>Whether several sessions of one browser compete; <c>multiple-clients</c> on the wire.</summary>
    public bool? MultipleClients { get; init; }

    /// <summary>Hosts, <c>name</c> or <c>name:port</c>, to turn to in this order; null also where they are no list of a few strings.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }
}
