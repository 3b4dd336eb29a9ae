namespace Tidings.ChaosTests.Records;

/// <summary>What a client saw, from its handshake to the end of the run.</summary>
/// <param name="Id">Its number in this run.</param>
/// <param name="Kind">What its client does.</param>
/// <param name="Patterns">What it subscribes to.</param>
/// <param name="Subscribed">When its first subscribe was answered: messages sent from then on are its own.</param>
/// <param name="Receipts">In the order of arrival.</param>
/// <param name="Connections">In the order of opening.</param>
/// <param name="Losses">When the server did not know it any more, and what it said.</param>
/// <param name="Gaps">When the server told it that messages were lost, and what it said.</param>
/// <param name="Refusals">What the client relies on and the server did not agree to.</param>
sealed record SessionRecord(
    int Id,
    SessionKind Kind,
    IReadOnlyList<string> Patterns,
    TimeSpan Subscribed,
    IReadOnlyList<Receipt> Receipts,
    IReadOnlyList<Connection> Connections,
    IReadOnlyList<Notice> Losses,
    IReadOnlyList<Notice> Gaps,
    IReadOnlyList<Notice> Refusals);

/// <summary>A message that arrived.</summary>
/// <param name="Key">The message.</param>
/// <param name="At">When.</param>
/// <param name="Connection">The number of the connection it came over.</param>
readonly record struct Receipt(MessageKey Key, TimeSpan At, int Connection);

/// <summary>What a server said beside messages.</summary>
sealed record Notice(TimeSpan At, string Text);

/// <summary>A client's connection: a WebSocket, or polls one after another until one fails.</summary>
/// <param name="Number">Counted from 1 for each session.</param>
/// <param name="Gateway">Who answered first, in the front's words; null when nobody did.</param>
/// <param name="Opened">When it was opened.</param>
/// <param name="Closed">When it ended.</param>
/// <param name="End">How it ended.</param>
/// <param name="PublicId">The session's name in the servers' logs; null before its handshake.</param>
sealed record Connection(int Number, string? Gateway, TimeSpan Opened, TimeSpan Closed, ConnectionEnd End, string? PublicId = null);

/// <summary>How a connection ended.</summary>
public enum ConnectionEnd
{
    /// <summary>It was open when the run ended, or the client was done with it.</summary>
    Done,

    /// <summary>The server closed it in the protocol's way: all that it wrote before has arrived.</summary>
    Closed,

    /// <summary>A request was answered with 503: nobody was there who could have written anything.</summary>
    Refused,

    /// <summary>It broke off, or an answer was an error.</summary>
    Broken,

    /// <summary>The client cut it.</summary>
    Cut,

    /// <summary>The client gave up waiting for an answer, and cut it.</summary>
    GivenUp,
}
