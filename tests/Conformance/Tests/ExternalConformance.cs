using Tidings.Conformance.Sites;

namespace Tidings.Conformance.Tests;

/// <summary>
/// The server named by TIDINGS_CONFORMANCE_URL. When none is named, a Faye server is started and judged by its address alone,
/// on its handshake reply, so that this way into the suite is tested too.
/// </summary>
public sealed class ExternalConformance(ExternalConformance.Fixture fixture) : IClassFixture<ExternalConformance.Fixture>
{
    public static TheoryData<string, string> Rows => Judgement.Rows(ExternalSites.FromEnvironment()?.Cases ?? Substitute.Examples);

    [Theory, MemberData(nameof(Rows))]
    public async Task Meets(string item, string words)
    {
        Assert.NotEmpty(words);
        await Judgement.CheckAsync(fixture.Run, item);
    }

    public sealed class Fixture : RunFixture
    {
        public Fixture() : base(ExternalSites.FromEnvironment() ?? (Site)new Substitute(), Substitute.Selection)
        {
        }
    }
}
