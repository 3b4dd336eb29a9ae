using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>The circumstances of one request or frame.</summary>
internal sealed class BayeuxCall
{
    public required BayeuxExchange Exchange { get; init; }

    /// <summary>What its endpoint speaks.</summary>
    public required BayeuxDialect Dialect { get; init; }

    public string Tenant => Exchange.Tenant;

    /// <summary>Ends what waits for a request's sake. A socket has none: to watch over each would cost every idle one its registrations.</summary>
    public CancellationToken Aborted => Socket is null ? Exchange.HttpContext.RequestAborted : CancellationToken.None;

    /// <summary>How fast its caller may be.</summary>
    public required CallerRates Rates { get; init; }

    /// <summary>The socket it came on; null over HTTP.</summary>
    public BayeuxSocket? Socket { get; init; }

    /// <summary>The value of the browser cookie, if the request has one.</summary>
    public string? Browser { get; init; }

    /// <summary>The cookie to set, after a handshake.</summary>
    public string? NewBrowser { get; set; }

    /// <summary>The clientId that all its messages must carry: one request speaks for one session.</summary>
    public string? ClientId { get; set; }

    /// <summary>Whether the handshake's message alone says who opens the session.</summary>
    public bool ByHandshake { get; set; }

    /// <summary>Whether something was waited for before a publish started: what comes later must wait for it, too.</summary>
    public bool Waited { get; set; }

    /// <summary>Whether it carries one message alone; only then may a connect be held.</summary>
    public required bool IsSingle { get; init; }
}

/// <summary>What came of a request.</summary>
internal sealed class BayeuxAnswer
{
    public List<BayeuxMessage> Replies { get; } = [];

    /// <summary>Messages for a session that was begun, to go with its handshake's reply.</summary>
    public List<DirectMessage> WithHandshake { get; } = [];

    /// <summary>A connect to be held or answered by the transport; its reply comes last.</summary>
    public PendingConnect? Connect { get; set; }
}

/// <summary>A valid connect.</summary>
/// <param name="Session">The session, held by this gateway.</param>
/// <param name="Request">The request.</param>
/// <param name="Hold">How long to hold it; zero answers at once.</param>
/// <param name="Lifetime">How long the session lives after the reply.</param>
internal sealed record PendingConnect(LocalSession Session, BayeuxMessage Request, TimeSpan Hold, TimeSpan Lifetime)
{
    public BayeuxSession Bayeux => (BayeuxSession)Session.Protocol!;
}
