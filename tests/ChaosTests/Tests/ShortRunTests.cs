using Tidings.ChaosTests.Judging;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Tests;

/// <summary>The short fault run that every change must survive; the long one is tests/chaos.</summary>
[Collection(Alone.Name)]
public sealed class ShortRunTests
{
    static readonly TimeSpan Least = TimeSpan.FromSeconds(5);

    /// <summary>A silo's death as ever; the bounds of 2 s are 5 s here, as a machine that runs tests has other work, too.</summary>
    static readonly CheckerOptions Rules = new()
    {
        LongestPause = TimeSpan.FromSeconds(30),
        QuietP99 = TimeSpan.FromSeconds(5),
        PauseP99 = CheckerOptions.Default.PauseP99.ToDictionary(bound => bound.Key, bound => bound.Value < Least ? Least : bound.Value),
    };

    [Fact]
    public async Task A_silo_and_a_gateway_are_killed_others_restarted_and_every_session_keeps_what_it_was_promised()
    {
        var options = new ChaosOptions { Brief = true, Seed = 1, Sessions = 80, Rate = 40 };
        var report = await new ChaosRun(options, _ => { }).RunAsync(Rules);

        Assert.True(report.Verdict.IsClean, report.ToMarkdown());
        Assert.Equal(5, report.Transcript.Faults.Count(fault => fault.Kind != FaultKind.OwnEnd));
        Assert.All(report.Verdict.Kinds, kind => Assert.InRange(kind.Received, 1, long.MaxValue));
        Assert.Equal(SessionKind.All.Count, report.Verdict.Kinds.Count);
    }
}
