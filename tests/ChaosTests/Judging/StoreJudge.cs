using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Judging;

/// <summary>Judges what the channels' logs hold: everything acknowledged, once, in each publisher's order.</summary>
static class StoreJudge
{
    public static StoreResult Judge(Book book, List<Violation> violations)
    {
        var publications = book.Transcript.Publications;
        var result = new StoreResult(
            publications.Count,
            publications.Count(publication => publication.Acknowledged != null),
            publications.Count(publication => publication.Attempts > 1),
            publications.Count(publication => book.OffsetsOf(publication.Key).Count > 0),
            publications.Count(publication => Missing(publication, book, violations)),
            publications.Count(publication => Twice(publication, book, violations)));
        LookAtOrder(book, violations);
        if (result.Acknowledged == 0)
            violations.Add(new Violation(Rule.Unexplained, TimeSpan.Zero, null, "nothing was acknowledged to any publisher"));
        return result;
    }

    static bool Missing(Publication publication, Book book, List<Violation> violations)
    {
        if (publication.Acknowledged is not { } at || book.OffsetsOf(publication.Key).Count > 0)
            return false;
        violations.Add(new Violation(Rule.NotStored, at, null, $"{publication.Key} was acknowledged and is not in the log"));
        return true;
    }

    static bool Twice(Publication publication, Book book, List<Violation> violations)
    {
        var offsets = book.OffsetsOf(publication.Key);
        if (offsets.Count < 2)
            return false;
        violations.Add(new Violation(
            Rule.StoredTwice, publication.Sent, null,
            $"{publication.Key} is in the log at {string.Join(" and ", offsets)} after {publication.Attempts} attempts under one id"));
        return true;
    }

    static void LookAtOrder(Book book, List<Violation> violations)
    {
        var last = new Dictionary<(string Channel, int Publisher), int>();
        foreach (var (key, offset) in book.Transcript.Log.OrderBy(entry => entry.Key.Channel, StringComparer.Ordinal).ThenBy(entry => entry.Offset))
        {
            var before = last.GetValueOrDefault((key.Channel, key.Publisher));
            // A second copy is told by StoredTwice.
            if (key.Sequence < before && book.OffsetsOf(key)[0] == offset)
                violations.Add(new Violation(Rule.StoredOutOfOrder, TimeSpan.Zero, null, $"{key} is in the log at {offset}, behind #{before}"));
            last[(key.Channel, key.Publisher)] = Math.Max(before, key.Sequence);
        }
    }
}
