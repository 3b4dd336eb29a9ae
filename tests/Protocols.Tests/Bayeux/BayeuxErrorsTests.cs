using System.Text.RegularExpressions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Protocols.Tests.Bayeux;

public sealed partial class BayeuxErrorsTests
{
    [Fact]
    public void Every_fault_has_an_error_of_the_grammar()
    {
        foreach (var fault in Enum.GetValues<BayeuxFault>().Where(fault => fault != BayeuxFault.None))
            Assert.Matches(Grammar(), BayeuxErrors.Of(fault));
        Assert.Throws<ArgumentOutOfRangeException>(() => BayeuxErrors.Of(BayeuxFault.None));
    }

    [Fact]
    public void Errors_read_as_those_of_the_known_servers()
    {
        Assert.Equal("402:data:Missing required parameter", BayeuxErrors.DataMissing);
        Assert.Equal("402:version:Missing required parameter", BayeuxErrors.VersionMissing);
        Assert.Equal("301:flash,x:Connection types not supported", BayeuxErrors.ConnectionTypesUnsupported("flash", "x"));
        Assert.Equal("403:quota:publish_denied", BayeuxErrors.PublishDeniedBecause("quota"));
        Assert.Equal("429:subscriptions,10:limit_reached", BayeuxErrors.LimitReached("subscriptions", 10));
    }

    [Fact]
    public void What_a_client_sent_cannot_break_the_grammar()
    {
        Assert.Matches(Grammar(), BayeuxErrors.ConnectionTypesUnsupported("a:b,c\n"));
        Assert.True(BayeuxErrors.ConnectionTypesUnsupported(Enumerable.Repeat(new string('x', 1000), 1000)).Length < 1000);
    }

    [GeneratedRegex(@"^\d{3}:[^:]*:[^:\r\n]+$")]
    private static partial Regex Grammar();
}
