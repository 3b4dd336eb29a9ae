using System.Text.RegularExpressions;

namespace Tidings.Architecture.Tests;

/// <summary>Event ids name events for good: alarms and searches are built on them.</summary>
public sealed partial class LogEventTests
{
    [Fact]
    public void No_two_events_share_an_id()
    {
        var ids = Repository.ProductionSources().SelectMany(static path => IdsIn(Repository.Read(path)).Select(id => (id, path))).ToList();

        Assert.NotEmpty(ids);
        Assert.Empty(Shared(ids));
    }

    [Fact]
    public void Every_event_has_an_id() => Assert.DoesNotContain(
        Repository.ProductionSources(), static path => Attributes().Count(Repository.Read(path)) != IdsIn(Repository.Read(path)).Count());

    [Fact]
    public void A_shared_id_is_seen() =>
        Assert.Single(Shared(IdsIn("[LoggerMessage(7, LogLevel.Debug, \"x\")] [LoggerMessage(EventId = 7, Level = LogLevel.Debug)]").Select(static id => (id, "x.cs"))));

    private static IEnumerable<int> IdsIn(string source) =>
        Ids().Matches(source).Select(static match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

    private static IEnumerable<string> Shared(IEnumerable<(int Id, string Path)> ids) => ids
        .GroupBy(static pair => pair.Id)
        .Where(static group => group.Count() > 1)
        .Select(static group => $"{group.Key}: {string.Join(", ", group.Select(static pair => pair.Path))}");

    [GeneratedRegex(@"\[LoggerMessage\(")]
    private static partial Regex Attributes();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:[Ee]ventId\s*[=:]\s*)?(\d+)")]
    private static partial Regex Ids();
}
