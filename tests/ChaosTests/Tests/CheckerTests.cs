using Tidings.ChaosTests.Judging;
using Tidings.ChaosTests.Records;
using static Tidings.ChaosTests.Tests.Sample;

namespace Tidings.ChaosTests.Tests;

/// <summary>The checker is fed faulty records, and must fail each for its own reason; and faultless ones, and must not.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void A_faultless_record_passes()
    {
        var verdict = Judge(Transcript(Session(Plain), Session(Ack), Session(Replay)));
        Assert.Empty(verdict.Violations);
        Assert.Equal(3, verdict.Kinds.Count);
        Assert.All(verdict.Kinds, kind => Assert.Equal((Messages, Messages, 0), (kind.Expected, kind.Received, kind.InCut)));
    }

    [Fact]
    public void A_missing_message_is_lost() =>
        Assert.Equal([Rule.Lost], Broken(Transcript(Session(Plain).Without(200))));

    [Fact]
    public void What_was_published_before_the_subscription_is_not_missed() =>
        Assert.Empty(Broken(Transcript(Session(Plain).Without(1, 2, 3) with { Subscribed = Sent(3) + TimeSpan.FromMilliseconds(1) })));

    [Fact]
    public void A_message_of_a_channel_that_a_wildcard_matches_is_missed_as_any_other() =>
        Assert.Equal([Rule.Lost], Broken(Transcript(Session(Plain, "/a/**", "/a/*", "/b").Without(200))));

    [Theory]
    [InlineData(ConnectionEnd.Cut)]
    [InlineData(ConnectionEnd.Broken)]
    [InlineData(ConnectionEnd.GivenUp)]
    public void What_was_sent_just_before_a_connection_was_cut_may_be_lost_in_it_and_is_counted(ConnectionEnd end)
    {
        var verdict = Judge(Transcript(Session(Plain).Without(196, 200).EndedAt(20, end)));
        Assert.Empty(verdict.Violations);
        Assert.Equal((2, 0), (verdict.Kinds[0].InCut, verdict.Kinds[0].Lost));
    }

    [Theory]
    [InlineData(175)]
    [InlineData(215)]
    public void What_was_sent_earlier_or_later_than_the_cut_explains_is_lost(int sequence) =>
        Assert.Equal([Rule.Lost], Broken(Transcript(Session(Plain).Without(sequence).EndedAt(20, ConnectionEnd.Cut))));

    [Fact]
    public void What_a_crash_held_up_may_be_lost_in_the_cut_that_follows() =>
        Assert.Empty(Broken(Transcript(Session(Plain).Without(155).EndedAt(20, ConnectionEnd.Cut)) with
        {
            Faults = [Fault(FaultKind.SiloKill, 15, 19, "silo1")],
        }));

    [Fact]
    public void A_connection_closed_in_the_open_is_no_excuse() =>
        Assert.Equal([Rule.Lost], Broken(Transcript(Session(Plain).Without(200).EndedAt(20, ConnectionEnd.Closed))));

    [Theory]
    [InlineData(Assurance.Ack)]
    [InlineData(Assurance.Replay)]
    [InlineData(Assurance.ReplayAnew)]
    public void A_cut_is_no_excuse_with_acknowledgement_or_replay(Assurance assurance) =>
        Assert.Equal([Rule.Lost], Broken(Transcript(
            Session(new SessionKind(SessionKind.WebSocket, assurance)).Without(200).EndedAt(20, ConnectionEnd.Cut))));

    [Fact]
    public void Two_swapped_messages_are_reordered_once() =>
        Assert.Equal([Rule.Reordered], Broken(Transcript(Session(Ack).Without(200).Again(200, behind: 201))));

    [Fact]
    public void The_order_that_counts_is_the_logs_also_between_publishers()
    {
        var transcript = Transcript(Session(Plain));
        var other = new MessageKey(Channel, 2, 1);
        var spoiled = transcript with
        {
            Publications = [.. transcript.Publications, new Publication(other, Sent(100), Sent(100), 1)],
            Log = [.. transcript.Log.Select(entry => entry.Offset < 100 ? entry : entry with { Offset = entry.Offset + 1 }), new Stored(other, 100)],
            Sessions = [Session(Plain).Again(other, behind: 105)],
        };
        Assert.Equal([Rule.Reordered], Broken(spoiled));
    }

    [Fact]
    public void A_repetition_without_a_crash_is_doubled_and_not_reordered() =>
        Assert.Equal([Rule.Doubled], Broken(Transcript(Session(Ack).Again(200, behind: 205))));

    [Fact]
    public void A_repetition_within_30_s_of_a_crash_is_allowed_and_counted()
    {
        var verdict = Judge(Transcript(Session(Ack).Again(200, behind: 205)) with { Faults = [Fault(FaultKind.SiloKill, 15, 19, "silo1")] });
        Assert.Empty(verdict.Violations);
        Assert.Equal(1, verdict.Kinds[0].AfterCrash);
    }

    [Theory]
    [InlineData(FaultKind.SiloKill, 22)]
    [InlineData(FaultKind.SiloKill, -20)]
    [InlineData(FaultKind.GatewayRestart, 15)]
    [InlineData(FaultKind.ClientCuts, 15)]
    public void A_repetition_before_a_crash_long_after_it_or_after_something_milder_is_doubled(FaultKind kind, double at) =>
        Assert.Equal([Rule.Doubled], Broken(Transcript(Session(Ack).Again(200, behind: 205)) with { Faults = [Fault(kind, at, at + 4)] }));

    [Fact]
    public void The_crash_of_another_sockets_gateway_is_no_excuse_for_a_repetition() =>
        Assert.Equal([Rule.Doubled], Broken(Transcript(Session(Replay).Again(200, behind: 205)) with
        {
            Faults = [Fault(FaultKind.GatewayKill, 15, 19, "gateway2")],
        }));

    [Fact]
    public void A_silent_pause_is_too_long()
    {
        var late = Session(Plain).Delayed(n => n is >= 200 and <= 250 ? 5 : 0);
        Assert.Equal([Rule.Pause], Broken(Transcript(late)));
    }

    [Theory]
    [InlineData(FaultKind.SiloKill, 9, 0)]
    [InlineData(FaultKind.SiloKill, 11, 1)]
    [InlineData(FaultKind.GatewayKill, 1.5, 0)]
    [InlineData(FaultKind.GatewayKill, 2.5, 1)]
    public void A_fault_explains_a_pause_up_to_its_bound(FaultKind kind, double pause, int violations)
    {
        var late = Session(Plain).Delayed(n => n is >= 200 and <= 250 ? pause : 0);
        Assert.Equal(violations, Broken(Transcript(late) with { Faults = [Fault(kind, 20.05, 24)] }).Count);
    }

    [Theory]
    [InlineData(FaultKind.SiloKill, 270, 0)]
    [InlineData(FaultKind.SiloKill, 290, 1)]
    [InlineData(FaultKind.SiloPause, 310, 0)]
    [InlineData(FaultKind.SiloPause, 330, 1)]
    [InlineData(FaultKind.ClientCuts, 270, 1)]
    public void A_pause_is_put_down_to_an_earlier_fault_that_may_last_longer_while_that_is_felt(FaultKind earlier, int late, int violations)
    {
        var session = Session(Plain).Delayed(n => n == late ? 5 : 0);
        Assert.Equal(violations, Broken(Transcript(session) with { Faults = [Fault(earlier, 18, 22), Fault(FaultKind.GatewayKill, 25, 29)] }).Count);
    }

    [Fact]
    public void A_session_the_server_forgot_is_told() =>
        Assert.Equal([Rule.SessionLost], Broken(Transcript(Session(Plain) with { Losses = [new Notice(Sent(10), "402::session_unknown")] })));

    [Fact]
    public void A_gap_the_server_told_of_is_told() =>
        Assert.Equal([Rule.Gap], Broken(Transcript(Session(Plain) with { Gaps = [new Notice(Sent(10), "gaps")] })));

    [Fact]
    public void An_extension_the_server_refused_is_told() =>
        Assert.Equal([Rule.NotAgreed], Broken(Transcript(Session(Ack) with { Refusals = [new Notice(Sent(1), "ack")] })));

    [Fact]
    public void What_nobody_published_is_unexplained()
    {
        var verdict = Broken(Transcript(Session(Plain) with { Receipts = [.. Session(Plain).Receipts, new Receipt(Key(Messages + 1), End, 1)] }));
        Assert.Equal([Rule.Unexplained], verdict);
    }

    [Fact]
    public void An_acknowledged_message_missing_in_the_log_is_not_stored_and_lost_if_it_did_not_come_either()
    {
        var transcript = Transcript(Session(Plain).Without(200));
        Assert.Equal([Rule.NotStored, Rule.Lost], Broken(transcript with { Log = [.. transcript.Log.Where(entry => entry.Key != Key(200))] }));
    }

    [Fact]
    public void A_message_in_the_log_twice_is_stored_twice_and_its_second_delivery_no_double()
    {
        var transcript = Transcript(Session(Ack).Again(200, behind: 205));
        var log = transcript.Log.Select(entry => entry.Offset > 205 ? entry with { Offset = entry.Offset + 1 } : entry).Append(new Stored(Key(200), 206));
        Assert.Equal([Rule.StoredTwice], Broken(transcript with { Log = [.. log] }));
    }

    [Fact]
    public void A_log_in_another_order_than_its_publishers_is_told()
    {
        var transcript = Transcript();
        var swapped = transcript.Log.Select(entry => entry with { Offset = entry.Offset switch { 200 => 201, 201 => 200, var same => same } });
        Assert.Contains(Rule.StoredOutOfOrder, Broken(transcript with { Log = [.. swapped] }));
    }

    [Fact]
    public void A_run_without_sessions_or_messages_proves_nothing()
    {
        Assert.Equal([Rule.Unexplained], Broken(Transcript()));
        Assert.Contains(Rule.Unexplained, Broken(new Transcript { Sessions = [], Publications = [], Log = [], Faults = [] }));
    }

    static Verdict Judge(Transcript transcript) => Checker.Judge(transcript, CheckerOptions.Default);

    static List<Rule> Broken(Transcript transcript) => [.. Judge(transcript).Violations.Select(violation => violation.Rule)];
}
