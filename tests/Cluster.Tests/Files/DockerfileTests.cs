using System.Xml.Linq;

namespace Tidings.Cluster.Tests.Files;

/// <summary>The two Dockerfiles, read as text: no container engine is needed.</summary>
public sealed class DockerfileTests
{
    public static TheoryData<string, string> Images => new()
    {
        { "deploy/Dockerfile.silo", "silo/Tidings.Silo.csproj" },
        { "deploy/Dockerfile.gateway", "gateway/Tidings.Gateway.csproj" },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void It_publishes_its_project_and_runs_what_was_published(string path, string project)
    {
        var file = Dockerfile.Read(Repository.PathTo(path));
        var assembly = Path.GetFileNameWithoutExtension(project) + ".dll";
        Assert.Contains($"dotnet publish {project} --no-restore -c Release -o /app", file.All("RUN"));
        Assert.Equal($"""["dotnet", "{assembly}"]""", file.Last("ENTRYPOINT"));
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void It_does_not_run_as_root_and_asks_for_its_own_health(string path, string project)
    {
        var file = Dockerfile.Read(Repository.PathTo(path));
        var assembly = Path.GetFileNameWithoutExtension(project) + ".dll";
        Assert.Equal("$APP_UID", file.Last("USER"));
        Assert.EndsWith(
            $"""CMD ["dotnet", "{assembly}", "health", "http://127.0.0.1:8080/health/ready"]""",
            file.Last("HEALTHCHECK"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void It_copies_every_project_that_its_own_refers_to(string path, string project)
    {
        var copied = Dockerfile.Read(Repository.PathTo(path)).All("COPY").Select(arguments => arguments.Split(' ')[0]).ToList();
        foreach (var needed in WithReferences(project))
        {
            Assert.Contains(needed, copied);
            Assert.Contains(copied, folder => folder.EndsWith('/') && needed.StartsWith(folder, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void What_it_copies_exists_and_is_in_the_build_context(string path, string project)
    {
        var allowed = File.ReadAllLines(Repository.PathTo(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]);
        var sources = Dockerfile.Read(Repository.PathTo(path)).All("COPY")
            .Where(arguments => !arguments.StartsWith("--from", StringComparison.Ordinal))
            .SelectMany(arguments => arguments.Split(' ')[..^1])
            .ToList();
        Assert.Contains(project, sources);
        Assert.All(sources, source => Assert.True(Path.Exists(Repository.PathTo(source)), $"{source} does not exist"));
        Assert.All(sources, source => Assert.Contains(source.Split('/')[0], allowed));
    }

    [Fact]
    public void A_silo_in_a_container_tells_others_the_containers_own_address()
    {
        Assert.Contains("Tidings__AdvertisedIP=auto", Dockerfile.Read(Repository.PathTo("deploy/Dockerfile.silo")).Last("ENV").Split(' '));
    }

    static IEnumerable<string> WithReferences(string project)
    {
        var folder = Path.GetDirectoryName(Repository.PathTo(project))!;
        var references = XDocument.Load(Repository.PathTo(project)).Descendants("ProjectReference")
            .Select(reference => Path.GetFullPath(Path.Combine(folder, reference.Attribute("Include")!.Value)))
            .Select(full => Path.GetRelativePath(Repository.Root, full));
        return references.SelectMany(WithReferences).Append(project).Distinct();
    }
}
