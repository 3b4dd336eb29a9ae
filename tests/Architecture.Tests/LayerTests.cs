using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Tidings.Architecture.Tests;

public sealed class LayerTests
{
    public static TheoryData<string> Files => [.. Layer.All.Select(static layer => layer.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_project_refers_to_what_its_layer_may(string file) =>
        Assert.Empty(LayerOf(file).Violations(ProjectFile.Parse(Repository.Read(file))));

    [Theory]
    [MemberData(nameof(Files))]
    public void An_assembly_refers_to_what_its_layer_may(string file) =>
        Assert.Empty(LayerOf(file).Violations(ReferencesOf(LayerOf(file).Assembly)));

    [Fact]
    public void Every_production_project_has_a_layer() => Assert.Empty(Repository.Files("", "*.csproj")
        .Where(static path => !path.StartsWith("tests/", StringComparison.Ordinal))
        .Except(Layer.All.Select(static layer => layer.File)));

    [Theory]
    [InlineData("gateway/protocols/Tidings.Protocols.csproj", "<PackageReference Include=\"Microsoft.Orleans.Sdk\" />")]
    [InlineData("gateway/protocols/Tidings.Protocols.csproj", "<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />")]
    [InlineData("gateway/protocols/Tidings.Protocols.csproj", "<ProjectReference Include=\"../../grain-interfaces/Tidings.GrainInterfaces.csproj\" />")]
    [InlineData("grain-interfaces/Tidings.GrainInterfaces.csproj", "<ProjectReference Include=\"..\\grains\\Tidings.Grains.csproj\" />")]
    [InlineData("grains/Tidings.Grains.csproj", "<ProjectReference Include=\"../gateway/Tidings.Gateway.csproj\" />")]
    [InlineData("grains/Tidings.Grains.csproj", "<ProjectReference Include=\"../gateway/protocols/Tidings.Protocols.csproj\" />")]
    [InlineData("gateway/Tidings.Gateway.csproj", "<ProjectReference Include=\"../grains/Tidings.Grains.csproj\" />")]
    [InlineData("gateway/Tidings.Gateway.csproj", "<PackageReference Include=\"Microsoft.Orleans.Server\" />")]
    [InlineData("gateway/client/Tidings.Client.csproj", "<ProjectReference Include=\"../../grain-interfaces/Tidings.GrainInterfaces.csproj\" />")]
    [InlineData("gateway/client/Tidings.Client.csproj", "<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />")]
    [InlineData("gateway/cli/Tidings.Cli.csproj", "<ProjectReference Include=\"../protocols/Tidings.Protocols.csproj\" />")]
    [InlineData("gateway/cli/Tidings.Cli.csproj", "<ProjectReference Include=\"../Tidings.Gateway.csproj\" />")]
    [InlineData("silo/Tidings.Silo.csproj", "<ProjectReference Include=\"../tests/Grains.Tests/Tidings.Grains.Tests.csproj\" />")]
    public void A_forbidden_reference_is_seen(string file, string reference)
    {
        var project = ProjectFile.Parse($"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{reference}</ItemGroup></Project>");

        Assert.Single(LayerOf(file).Violations(project));
    }

    [Theory]
    [InlineData("gateway/protocols/Tidings.Protocols.csproj", "Orleans.Core.Abstractions")]
    [InlineData("gateway/protocols/Tidings.Protocols.csproj", "Microsoft.AspNetCore.Http")]
    [InlineData("grain-interfaces/Tidings.GrainInterfaces.csproj", "Tidings.Protocols")]
    [InlineData("grains/Tidings.Grains.csproj", "Microsoft.AspNetCore.Http.Abstractions")]
    [InlineData("gateway/Tidings.Gateway.csproj", "Tidings.Grains")]
    public void A_forbidden_assembly_is_seen(string file, string assembly) => Assert.Single(LayerOf(file).Violations([assembly, "System.Runtime"]));

    [Fact]
    public void The_web_sdk_counts_as_a_framework() =>
        Assert.Single(LayerOf("grains/Tidings.Grains.csproj").Violations(ProjectFile.Parse("<Project Sdk=\"Microsoft.NET.Sdk.Web\" />")));

    [Fact]
    public void References_are_read_from_metadata() => Assert.Contains("Tidings.GrainInterfaces", ReferencesOf("Tidings.Grains"));

    private static Layer LayerOf(string file) => Layer.All.Single(layer => layer.File == file);

    private static List<string> ReferencesOf(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
