using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Judging;

/// <summary>
/// Judges a transcript: a pure function that knows nothing of the servers and of the clients that made it.
/// What may happen is what the project promises: per channel everything in the log's order; nothing acknowledged is lost, but for what
/// was written to a connection that was then cut and whose client has neither ack nor replay; nothing twice, but after a crash.
/// </summary>
static class Checker
{
    public static Verdict Judge(Transcript transcript, CheckerOptions options)
    {
        var book = new Book(transcript);
        var violations = new List<Violation>();
        var store = StoreJudge.Judge(book, violations);
        var sessions = transcript.Sessions.Select(session => SessionJudge.Judge(session, book, options)).ToArray();
        violations.AddRange(sessions.SelectMany(session => session.Violations));
        var pauses = new PauseJudge(book, options).Judge(violations);
        if (sessions.Length == 0)
            violations.Add(new Violation(Rule.Unexplained, TimeSpan.Zero, null, "no session subscribed"));
        return new Verdict([.. sessions.GroupBy(session => session.Session.Kind).Select(Sum)], sessions, pauses, store, violations);
    }

    static KindResult Sum(IGrouping<SessionKind, SessionJudge> sessions) => new(
        sessions.Key,
        sessions.Count(),
        sessions.Sum(session => (long)session.Expected),
        sessions.Sum(session => (long)session.Expected - session.Missing),
        sessions.Sum(session => session.Count(Rule.Lost)),
        sessions.Sum(session => session.InCut),
        sessions.Sum(session => session.Count(Rule.Reordered)),
        sessions.Sum(session => session.Count(Rule.Doubled)),
        sessions.Sum(session => session.AfterCrash),
        sessions.Sum(session => session.Count(Rule.SessionLost)),
        sessions.Sum(session => session.Count(Rule.Gap)),
        sessions.Max(session => session.Slowest?.Length ?? TimeSpan.Zero));
}
