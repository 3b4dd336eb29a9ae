using Tidings.Conformance.Sites;

namespace Tidings.Conformance.Tests;

/// <summary>Faye meets every case but those it is known to deviate from, which is a test of the suite: it can tell.</summary>
public sealed class FayeConformance(FayeConformance.Fixture fixture) : IClassFixture<FayeConformance.Fixture>
{
    public static TheoryData<string, string> Rows => Judgement.Rows(new FayeSite().Cases);

    [Theory, MemberData(nameof(Rows))]
    public async Task Meets_or_is_known_to_deviate(string item, string words)
    {
        Assert.NotEmpty(words);
        await Judgement.CheckAsync(fixture.Run, item);
    }

    public sealed class Fixture : RunFixture
    {
        public Fixture() : base(new FayeSite())
        {
        }
    }
}
