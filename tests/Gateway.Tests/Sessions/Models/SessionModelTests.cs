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

    [Theory]
    [InlineData(WhenFull.DropOldest, false)]
    [InlineData(WhenFull.DropOldest, true)]
    [InlineData(WhenFull.KeepLatest, false)]
    [InlineData(WhenFull.KeepLatest, true)]
    public void A_session_whose_messages_may_be_dropped_is_told_of_every_gap(WhenFull policy, bool acknowledges) => SessionModel.Check(acknowledges, policy, Runs);
}
