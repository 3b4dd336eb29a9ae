using System.Text;
using Tidings.ChaosTests.Judging;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Reports;

/// <summary>A judged run.</summary>
/// <param name="Options">Its settings.</param>
/// <param name="Folder">Where its logs are, and where it is written.</param>
/// <param name="Start">The wall clock's time at its start.</param>
/// <param name="Length">How long it took.</param>
/// <param name="Transcript">What was recorded.</param>
/// <param name="Verdict">What the checker found.</param>
sealed record ChaosReport(ChaosOptions Options, string Folder, DateTimeOffset Start, TimeSpan Length, Transcript Transcript, Verdict Verdict)
{
    const int SessionsShown = 30;
    const int SlowestShown = 12;

    /// <summary>Writes report.md and violations.txt.</summary>
    public void Write()
    {
        File.WriteAllText(Path.Combine(Folder, "report.md"), ToMarkdown());
        File.WriteAllLines(Path.Combine(Folder, "violations.txt"), Verdict.Violations.Select(Line));
        File.WriteAllLines(Path.Combine(Folder, "sessions.txt"), Verdict.Sessions.SelectMany(Lines));
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(Verdict.IsClean ? "# Fault run: nothing broken" : $"# Fault run: {Verdict.Violations.Count} violations").AppendLine();
        Settings(text);
        Kinds(text);
        Pauses(text);
        Store(text);
        Faults(text);
        Slowest(text);
        Violations(text);
        return text.ToString();
    }

    void Settings(StringBuilder text) => text
        .Append("Seed ").Append(Options.Seed)
        .Append($", {Options.Silos} silos, {Options.Gateways} gateways, {Options.Sessions} sessions, {Options.Rate} publishes/s, ")
        .Append($"Redis appendfsync {Options.Fsync}, connects held for {Options.ConnectTimeout.TotalSeconds} s, ")
        .AppendLine($"{Environment.ProcessorCount} cores for everything; started {Start:yyyy-MM-dd HH:mm:ss}, took {Length:mm\\:ss}.").AppendLine();

    void Kinds(StringBuilder text)
    {
        var table = new Table(
            text, "Sessions", "", "Expected", "Received", "Lost", "In a cut", "Reordered", "Doubled", "After a crash", "Forgotten", "Gaps told",
            "Longest pause");
        foreach (var kind in Verdict.Kinds.OrderBy(kind => kind.Kind.Assurance).ThenBy(kind => kind.Kind.Transport, StringComparer.Ordinal))
            table.Row(
                kind.Kind, kind.Sessions, kind.Expected, kind.Received, kind.Lost, kind.InCut, kind.Reordered, kind.Doubled,
                kind.AfterCrash, kind.SessionsLost, kind.Gaps, Seconds(kind.LongestPause));
        text.AppendLine();
    }

    void Pauses(StringBuilder text)
    {
        var table = new Table(text, "Pause around a fault", "Faults", "Samples", "p50", "p99", "Longest", "Bound of p99");
        foreach (var pause in Verdict.Pauses)
            table.Row(
                pause.Name, pause.Faults, pause.Samples, Seconds(pause.P50), Seconds(pause.P99), Seconds(pause.Longest),
                pause.Bound is { } bound ? Seconds(bound) : "-");
        text.AppendLine();
    }

    void Store(StringBuilder text)
    {
        var table = new Table(text, "Published", "Acknowledged", "Sent again", "In the logs", "Acknowledged, not in the log", "Stored twice");
        var store = Verdict.Store;
        table.Row(store.Published, store.Acknowledged, store.Retried, store.Stored, store.NotStored, store.StoredTwice);
        text.AppendLine();
    }

    void Faults(StringBuilder text)
    {
        text.AppendLine($"{Transcript.Faults.Count(fault => fault.IsKill)} kills of silos and gateways, {Transcript.Faults.Count} faults:").AppendLine();
        foreach (var fault in Transcript.Faults)
            text.AppendLine($"- {Wall(fault.At)} {fault.Kind} {fault.Target}, well again after {Seconds(fault.Until - fault.At)}");
        text.AppendLine();
    }

    void Slowest(StringBuilder text)
    {
        text.AppendLine("Longest pauses:").AppendLine();
        var delays = Verdict.Sessions.Select(session => session.Slowest).OfType<Delay>().OrderByDescending(delay => delay.Length);
        foreach (var (session, publication, receipt) in delays.Take(SlowestShown))
            text.AppendLine(
                $"- session {session.Id} ({session.Kind}; {string.Join(' ', session.Patterns)}): {publication.Key}, "
                + $"sent {Wall(publication.Sent)}, acknowledged {Wall(publication.Acknowledged ?? publication.Sent)}, arrived {Wall(receipt.At)} over connection {receipt.Connection} "
                + $"of {session.Connections.FirstOrDefault(connection => connection.Number == receipt.Connection)?.Gateway}");
        text.AppendLine();
    }

    /// <summary>By rule and session, with the first one each: a session that falls silent would otherwise fill the page.</summary>
    void Violations(StringBuilder text)
    {
        foreach (var rule in Verdict.Violations.GroupBy(violation => violation.Rule))
        {
            text.AppendLine($"## {rule.Key}: {rule.Count()}").AppendLine();
            // What all sessions of a kind have in common needs few lines.
            var shown = rule.Key == Rule.NotAgreed ? 4 : SessionsShown;
            foreach (var session in rule.GroupBy(violation => violation.Session).OrderByDescending(session => session.Count()).Take(shown))
            {
                var (first, last) = (session.MinBy(violation => violation.At)!, session.Max(violation => violation.At));
                text.AppendLine($"- {session.Count()} until {Wall(last)}, first {Line(first)}");
            }
            text.AppendLine();
        }
    }

    string Line(Violation violation) =>
        $"{Wall(violation.At)} {violation.Rule}{(violation.Session is { } session ? $" session {session}" : "")}: {violation.Text}";

    IEnumerable<string> Lines(SessionJudge judge)
    {
        var session = judge.Session;
        yield return $"{session.Id} ({session.Kind}; {string.Join(' ', session.Patterns)}): {judge.Expected} expected, {judge.Count(Rule.Lost)} lost, "
            + $"{judge.InCut} in cuts, {judge.Count(Rule.Doubled)} doubled, {judge.AfterCrash} repeated after crashes";
        foreach (var connection in session.Connections)
            yield return $"{session.Id}   connection {connection.Number} of {connection.Gateway ?? "nobody"}: {Wall(connection.Opened)} to "
                + $"{Wall(connection.Closed)}, {connection.End}; {connection.PublicId} in the servers' logs";
    }

    string Wall(TimeSpan at) => $"{Start + at:HH:mm:ss.fff}";

    static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.00} s";
}
