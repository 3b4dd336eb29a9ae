using System.Text.RegularExpressions;

namespace Tidings.Cluster.Tests.Files;

/// <summary>A setting that is misspelt is silently ignored, so every one that deploy/ names must be known to the sources.</summary>
public sealed partial class SettingNamesTests
{
    [Theory]
    [InlineData("docker-compose.yml")]
    [InlineData("deploy/Dockerfile.silo")]
    [InlineData("deploy/local-cluster")]
    [InlineData("deploy/README.md")]
    public void Every_setting_that_a_file_names_is_read_by_the_sources(string path)
    {
        var words = Words(["silo", "gateway", "grain-interfaces"]);
        var names = Setting().Matches(File.ReadAllText(Repository.PathTo(path))).Select(match => match.Groups["name"].Value).ToHashSet();
        Assert.NotEmpty(names);
        Assert.Empty(names.Except(words));
    }

    static HashSet<string> Words(IEnumerable<string> folders) =>
        [.. folders.SelectMany(Sources).SelectMany(file => Word().Matches(File.ReadAllText(file))).Select(match => match.Value)];

    static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Repository.PathTo(folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    [GeneratedRegex("Tidings(?:__|:)(?<name>[A-Z][A-Za-z]+)")]
    private static partial Regex Setting();

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}
