using Tidings.Conformance.Sites;

namespace Tidings.Conformance.Tests;

/// <summary>Tidings meets every case.</summary>
public sealed class TidingsConformance(TidingsConformance.Fixture fixture) : IClassFixture<TidingsConformance.Fixture>
{
    public static TheoryData<string, string> Rows => Judgement.Rows(new TidingsSite().Cases);

    [Theory, MemberData(nameof(Rows))]
    public async Task Meets(string item, string words)
    {
        Assert.NotEmpty(words);
        await Judgement.CheckAsync(fixture.Run, item);
    }

    public sealed class Fixture : RunFixture
    {
        public Fixture() : base(new TidingsSite())
        {
        }
    }
}
