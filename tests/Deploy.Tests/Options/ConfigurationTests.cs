using System.Text.RegularExpressions;
using Tidings.Deploy.Tests.Kubernetes;

namespace Tidings.Deploy.Tests.Options;

/// <summary>Settings: every one that there is is in the reference, and every one that is named anywhere is one that there is.</summary>
public sealed partial class ConfigurationTests
{
    /// <summary>Set to make the reference anew instead of judging it.</summary>
    private const string Rewrite = "TIDINGS_WRITE_REFERENCE";

    private static readonly List<string> Keys = [.. OptionClass.All.SelectMany(static options => options.Settings).Select(static setting => setting.Key)];

    public static TheoryData<string> FilesWithSettings =>
    [
        "docker-compose.yml", "deploy/local-cluster", "deploy/README.md", "deploy/operations.md", "deploy/configuration.md", "README.md", "deploy/nginx.conf",
        .. Repository.Files("deploy", "Dockerfile.*"), .. Repository.Files("deploy/systemd", "*"), .. Repository.Files(Manifests.Folder, "*.yaml"),
    ];

    [Fact]
    public void The_reference_is_as_the_sources_make_it()
    {
        var current = Repository.Read(ConfigurationReference.File);
        var made = ConfigurationReference.Of(current);
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            File.WriteAllText(Repository.PathTo(ConfigurationReference.File), made);
            return;
        }

        Assert.True(made == current, $"{ConfigurationReference.File} is not as the sources say; run this test with {Rewrite}=1 to make it anew.");
    }

    [Fact]
    public void Classes_of_options_are_found_with_what_they_hold()
    {
        Assert.Contains("Tidings:Redis", Keys);
        Assert.Contains("Tidings:Limits:LogAge", Keys);
        Assert.Contains("Tidings:Rates:Address:Publishes", Keys);
        Assert.Contains("Tidings:Users:{name}:Roles:0", Keys);
        Assert.Contains("Tidings:Windows:Rules:0:WhenFull", Keys);
        Assert.Equal(Keys.Count, Keys.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(FilesWithSettings))]
    public void Every_setting_that_a_file_names_is_one_that_there_is(string file) => Assert.All(NamedIn(Repository.Read(file)), static name => Assert.True(Exists(name), $"{name} is no setting"));

    [Fact]
    public void Each_kind_of_file_is_understood()
    {
        Assert.Equal(["Tidings:Redis", "Tidings:Proxies:0"], NamedIn("Tidings__Redis=x --Tidings:Proxies:0=10.0.0.0/8"));
        Assert.True(Exists("Tidings:Users:demo:Password"));
        Assert.True(Exists("Tidings:Rates"));
        Assert.False(Exists("Tidings:Rediss"));
        Assert.False(Exists("Tidings:Users:demo:Pasword"));
    }

    private static IEnumerable<string> NamedIn(string text) => Name().Matches(text)
        .Select(static match => match.Value.Replace("__", ":", StringComparison.Ordinal).TrimEnd(':')).Distinct();

    /// <summary>A setting, or what settings begin with; a script's variable may be any part.</summary>
    private static bool Exists(string name) => Keys.Any(key => Begins(key.Split(':'), name.Split(':')));

    private static bool Begins(string[] key, string[] name) => name.Length <= key.Length && name.Zip(key).All(static pair =>
        pair.First == pair.Second || pair.First[0] == '$' || pair.Second == "{name}" || (pair.Second == "0" && pair.First.All(char.IsAsciiDigit)));

    [GeneratedRegex(@"(?<![\w/""])Tidings(?:(?:__|:)(?:[A-Za-z0-9_]*?[A-Za-z0-9]|\{name\}|\$\w+))+(?![A-Za-z0-9])")]
    private static partial Regex Name();
}
