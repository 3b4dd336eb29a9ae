namespace Tidings.Architecture.Tests;

/// <summary>Inside the gateway: front ends know the session core and not each other; only the composition root knows silos.</summary>
public sealed class GatewayTests
{
    private static readonly HashSet<string> CompositionRoot = ["gateway/Program.cs", "gateway/TidingsExtensions.cs"];

    /// <summary>Folders that serve every front end; each other folder is one.</summary>
    private static readonly HashSet<string> Shared = ["Authorization", "Health", "Hosting", "Identity", "Properties", "Sessions"];

    [Fact]
    public void Only_the_composition_root_knows_silos() => Assert.DoesNotContain(
        Repository.Files("gateway", "*.cs").Except(CompositionRoot), static path => SourceText.Uses(Repository.Read(path), "Tidings.Silo"));

    [Fact]
    public void The_composition_root_is_where_the_test_looks() =>
        Assert.All(CompositionRoot, static path => Assert.True(SourceText.Uses(Repository.Read(path), "Tidings.Silo"), path));

    [Fact]
    public void Nothing_knows_grains() => Assert.DoesNotContain(
        Repository.Files("gateway", "*.cs"), static path => SourceText.Uses(Repository.Read(path), "Tidings.Grains"));

    [Fact]
    public void No_front_end_knows_another()
    {
        var frontEnds = FrontEnds();

        Assert.Contains("Bayeux", frontEnds);
        Assert.Contains("Rest", frontEnds);
        Assert.Empty(frontEnds.SelectMany(one => frontEnds.Where(other => other != one).SelectMany(other => Links(one, other))));
    }

    [Fact]
    public void The_session_core_knows_no_front_end() => Assert.Empty(FrontEnds().SelectMany(static other => Links("Sessions", other)));

    [Theory]
    [InlineData("using Tidings.Gateway.Rest;", true)]
    [InlineData("var x = Tidings.Gateway.Rest.RestJson.Default;", true)]
    [InlineData("using Tidings.Gateway.Restless;", false)]
    [InlineData("// as Tidings.Gateway.Rest does", false)]
    [InlineData("/// <summary>See Tidings.Gateway.Rest.</summary>", false)]
    [InlineData("var x = \"Tidings.Gateway.Rest\";", false)]
    [InlineData("Rest.RestJson.Default.Run();", true)]
    [InlineData("this.Rest.Run();", false)]
    public void A_use_is_told_from_a_mention(string source, bool uses) => Assert.Equal(uses, Knows(source, "Rest"));

    /// <summary>By its namespace, whole or, as siblings may, from the folder's name on.</summary>
    private static bool Knows(string source, string folder) =>
        SourceText.Uses(source, $"Tidings.Gateway.{folder}") || SourceText.Uses(source, $"{folder}.");

    private static List<string> FrontEnds() => [.. Repository.Files("gateway", "*.cs")
        .Select(static path => path.Split('/'))
        .Where(static parts => parts.Length > 2)
        .Select(static parts => parts[1])
        .Distinct()
        .Where(static folder => !Shared.Contains(folder) && folder is not "protocols" and not "client" and not "cli")];

    private static IEnumerable<string> Links(string one, string other) => Repository.Files($"gateway/{one}", "*.cs")
        .Where(path => Knows(Repository.Read(path), other))
        .Select(path => $"{path} uses {other}.");
}
