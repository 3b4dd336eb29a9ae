using System.Security.Claims;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>The circumstances of one request or frame.</summary>
internal sealed class BayeuxCall
{
    private RateRefusal? _tooLong;

    public required BayeuxExchange Exchange { get; init; }

    /// <summary>What its endpoint speaks.</summary>
    public required BayeuxDialect Dialect { get; init; }

    public string Tenant => Exchange.Tenant;

    /// <summary>Ends what waits for a request's sake. A socket has none: to watch over each would cost every idle one its registrations.</summary>
    public CancellationToken Aborted => Socket is null ? Exchange.HttpContext.RequestAborted : CancellationToken.None;

    /// <summary>How fast its caller may be.</summary>
    public required CallerRates Rates { get; set; }

    /// <summary>The bytes of a request's body, which count for whom its messages name, too; 0 on a socket.</summary>
    public int Length { get; init; }

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

    /// <summary>Whose words these are. Somebody whom the session's id alone names was counted as an address so far.</summary>
    /// <param name="rates">Everybody's rates.</param>
    /// <param name="speaker">Who it is.</param>
    /// <param name="isPublish">Whether the message is one that counts.</param>
    /// <returns>Why it is not heard.</returns>
    public RateRefusal? Hear(RateBook rates, ClaimsPrincipal speaker, bool isPublish)
    {
        var context = Exchange.HttpContext;
        var isNamed = CallerIdentity.Of(context.User) is null && CallerIdentity.Of(speaker) is not null;
        context.User = speaker;
        if (!isNamed)
        {
            return _tooLong;
        }

        Rates = rates.Of(context);
        _tooLong = Length > 0 ? Rates.OfSpeaker.Bytes(Length) : null;
        return _tooLong ?? (isPublish ? Rates.OfSpeaker.Publish() : null);
    }
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
