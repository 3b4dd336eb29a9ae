namespace Tidings.Architecture.Tests;

/// <summary>Where packages come from is the business of whoever builds: the repository names versions and no places.</summary>
public sealed class PackageSourceTests
{
    /// <summary>Put together here, so that this file does not mention them.</summary>
    private static readonly string[] Words =
    [
        "package" + "Sources", "Restore" + "Sources", "RestoreAdditional" + "ProjectSources", "Restore" + "ConfigFile",
        "nuget" + ".org/v3", "/v3/" + "index.json", "registry" + ".npmjs.org", "--index" + "-url",
    ];

    private static readonly string[] Endings = [".csproj", ".props", ".targets", ".config", ".json", ".sh", ".yml", ".yaml", ".cs", ".md", ".mjs", "Dockerfile", "run", "gateway", "silo"];

    [Fact]
    public void No_file_configures_a_package_source_or_locks_versions() => Assert.DoesNotContain(Repository.Files(""), IsForbidden);

    [Fact]
    public void No_file_mentions_a_package_source() => Assert.DoesNotContain(
        Repository.Files("").Where(static path => Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))),
        static path => Mentions(Repository.Read(path)));

    [Theory]
    [InlineData("NuGet.Config", true)]
    [InlineData("src/packages.lock.json", true)]
    [InlineData("a/package-lock.json", true)]
    [InlineData(".npmrc", true)]
    [InlineData("package.json", false)]
    public void A_forbidden_file_is_seen(string path, bool forbidden) => Assert.Equal(forbidden, IsForbidden(path));

    [Fact]
    public void A_mention_is_seen() => Assert.All(Words, static word => Assert.True(Mentions($"<a>{word}</a>")));

    private static bool IsForbidden(string path) => Path.GetFileName(path).ToUpperInvariant()
        is "NUGET.CONFIG" or "PACKAGES.LOCK.JSON" or "PACKAGE-LOCK.JSON" or "YARN.LOCK" or "PNPM-LOCK.YAML" or ".NPMRC";

    private static bool Mentions(string text) => Words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
