namespace Tidings.Gateway.Tests.Sessions.Models;

/// <summary>Random runs of one session, compared with plain lists.</summary>
public sealed class SessionModelTests
{
    [Fact]
    public void A_session_gets_everything_once_and_in_order() => SessionModel.Check(acknowledges: false, runs: 1500);

    [Fact]
    public void A_session_that_acknowledges_gets_everything_once_and_in_order() => SessionModel.Check(acknowledges: true, runs: 1500);
}
