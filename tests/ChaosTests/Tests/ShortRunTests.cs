using Tidings.ChaosTests.Judging;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Tests;

/// <summary>The short fault run that every change must survive; the long one is tests/chaos.</summary>
public sealed class ShortRunTests
{
    /// <summary>Pauses are judged generously: a machine that runs tests has other work, too. Everything else is judged as ever.</summary>
    static readonly CheckerOptions Rules = new()
    {
        LongestPause = TimeSpan.FromSeconds(60),
        QuietP99 = TimeSpan.FromSeconds(10),
        PauseP99 = Enum.GetValues<FaultKind>().ToDictionary(kind => kind, _ => TimeSpan.FromSeconds(30)),
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
