using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Sessions.Models;

/// <summary>Random runs of one session, compared with plain lists.</summary>
public sealed class SessionModelTests
{
    private const int Runs = 1500;

    [Fact]
    public void A_session_gets_everything_once_and_in_order() => SessionModel.Check(acknowledges: false, WhenFull.ReadLog, Runs);

    [Fact]
    public void A_session_that_acknowledges_gets_everything_once_and_in_order() => SessionModel.Check(acknowledges: true, WhenFull.ReadLog, Runs);

    /// <summary>Too rare by chance: a call is held up by a silo that stands still, its session moves on, and the silo wakes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_call_that_comes_late_takes_nothing_with_it(bool acknowledges) => SessionModel.RunAsync(
        acknowledges,
        WhenFull.ReadLog,
        Step(SessionAction.Receive),
        Step(SessionAction.Park),
        Step(SessionAction.Attach, CallFault.Late),
        Step(SessionAction.Attach),
        Step(SessionAction.Receive),
        Step(SessionAction.Release),
        Step(SessionAction.LateCall),
        Step(SessionAction.Publish),
        Step(SessionAction.Receive),
        Step(SessionAction.Release));

    [Theory]
    [InlineData(WhenFull.DropOldest, false)]
    [InlineData(WhenFull.DropOldest, true)]
    [InlineData(WhenFull.KeepLatest, false)]
    [InlineData(WhenFull.KeepLatest, true)]
    public void A_session_whose_messages_may_be_dropped_is_told_of_every_gap(WhenFull policy, bool acknowledges) => SessionModel.Check(acknowledges, policy, Runs);

    private static SessionStep Step(SessionAction action, CallFault fault = CallFault.None) => new(action, Amount: 5, fault);
}
