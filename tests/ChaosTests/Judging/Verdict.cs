using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Judging;

/// <summary>What the checker found.</summary>
sealed record Verdict(
    IReadOnlyList<KindResult> Kinds, IReadOnlyList<SessionJudge> Sessions, IReadOnlyList<PauseResult> Pauses,
    StoreResult Store, IReadOnlyList<Violation> Violations)
{
    public bool IsClean => Violations.Count == 0;
}

/// <summary>What must not be.</summary>
enum Rule
{
    /// <summary>An acknowledged message never came, and no cut connection explains it.</summary>
    Lost,

    /// <summary>A message came after a later one of its channel.</summary>
    Reordered,

    /// <summary>A message came twice, and there was no crash.</summary>
    Doubled,

    /// <summary>A session was forgotten by the server.</summary>
    SessionLost,

    /// <summary>The server told a session of a gap, although the log was long enough.</summary>
    Gap,

    /// <summary>The server did not agree to an extension that the session relies on.</summary>
    NotAgreed,

    /// <summary>An acknowledged message is not in its channel's log.</summary>
    NotStored,

    /// <summary>A message published again under its id is in the log more than once.</summary>
    StoredTwice,

    /// <summary>The log has a publisher's messages in another order.</summary>
    StoredOutOfOrder,

    /// <summary>A pause was too long.</summary>
    Pause,

    /// <summary>A session received what nobody published, or nothing was there to judge.</summary>
    Unexplained,
}

/// <summary>A broken rule, with what is needed to find it in the logs.</summary>
sealed record Violation(Rule Rule, TimeSpan At, int? Session, string Text);

/// <summary>The sessions of one kind together.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Sessions">How many there were.</param>
/// <param name="Expected">Messages they should have received.</param>
/// <param name="Received">Different ones of these that they received.</param>
/// <param name="Lost">Missing without excuse.</param>
/// <param name="InCut">Missing around the end of a connection, where that is allowed.</param>
/// <param name="Reordered">Behind a later one of their channel.</param>
/// <param name="Doubled">Repeated without a crash.</param>
/// <param name="AfterCrash">Repeated after a crash, where that is allowed.</param>
/// <param name="SessionsLost">How often the server did not know a session any more.</param>
/// <param name="Gaps">How often the server told of lost messages.</param>
/// <param name="LongestPause">The longest time from a message's first sending to its arrival.</param>
sealed record KindResult(
    SessionKind Kind, int Sessions, long Expected, long Received, int Lost, int InCut,
    int Reordered, int Doubled, int AfterCrash, int SessionsLost, int Gaps, TimeSpan LongestPause);

/// <summary>How long sessions waited around faults of a kind: of each session and fault the longest time from sending to arrival.</summary>
/// <param name="Name">The kind of fault; "none" for the rest of the time.</param>
/// <param name="Faults">How many.</param>
/// <param name="Samples">Sessions times faults, where a message was sent.</param>
/// <param name="P50">The middle one.</param>
/// <param name="P99">99 of 100 were at most this.</param>
/// <param name="Longest">The longest.</param>
/// <param name="Bound">What <paramref name="P99"/> may be; null for no bound.</param>
sealed record PauseResult(string Name, int Faults, int Samples, TimeSpan P50, TimeSpan P99, TimeSpan Longest, TimeSpan? Bound);

/// <summary>What the logs say of the publishers' messages.</summary>
/// <param name="Published">Messages sent.</param>
/// <param name="Acknowledged">Acknowledged to their publishers.</param>
/// <param name="Retried">Sent more than once.</param>
/// <param name="Stored">Different ones in the logs.</param>
/// <param name="NotStored">Acknowledged and in no log.</param>
/// <param name="StoredTwice">In a log more than once.</param>
sealed record StoreResult(int Published, int Acknowledged, int Retried, int Stored, int NotStored, int StoredTwice);

/// <summary>The message a session waited for longest.</summary>
/// <param name="Session">The session.</param>
/// <param name="Publication">The message.</param>
/// <param name="Receipt">Its arrival.</param>
sealed record Delay(SessionRecord Session, Publication Publication, Receipt Receipt)
{
    public TimeSpan Length => Receipt.At - Publication.Sent;
}
