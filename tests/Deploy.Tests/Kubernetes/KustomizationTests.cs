namespace Tidings.Deploy.Tests.Kubernetes;

/// <summary>What kustomizations refer to exists.</summary>
public sealed class KustomizationTests
{
    public static TheoryData<string> Kustomizations => [.. Manifests.Kustomizations];

    [Fact]
    public void There_are_a_base_and_two_overlays() =>
        Assert.Equal(["base", "overlays/production", "overlays/single-redis"], Manifests.Kustomizations.Select(static file => Path.GetDirectoryName(file)![(Manifests.Folder.Length + 1)..]));

    [Theory]
    [MemberData(nameof(Kustomizations))]
    public void It_names_files_that_exist_and_leaves_none_out(string file)
    {
        var folder = Repository.PathTo(Path.GetDirectoryName(file)!);
        var kustomization = Manifests.Kustomization(file);
        var named = kustomization.Items("resources").Select(static item => item.ToString())
            .Concat(kustomization.Items("patches").Select(static patch => patch.Text("path"))).ToList();

        Assert.All(named, name => Assert.True(Path.Exists(Path.Combine(folder, name)), $"{name} does not exist"));
        var own = Directory.GetFiles(folder, "*.yaml").Select(Path.GetFileName).Where(static name => name != "kustomization.yaml");
        Assert.Equal(own.Order(), named.Where(static name => !name.Contains('/', StringComparison.Ordinal)).Order());
    }

    [Theory]
    [MemberData(nameof(Kustomizations))]
    public void What_it_patches_or_counts_is_in_the_base(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        var kustomization = Manifests.Kustomization(file);
        foreach (var patch in kustomization.Items("patches").Where(static patch => patch.Find("target") is null))
        {
            var body = Assert.Single(Yaml.Documents(Path.Combine(folder, patch.Text("path"))));
            Assert.NotNull(Manifests.The(body.Text("kind"), body.Text("metadata", "name")));
        }

        Assert.All(kustomization.Items("replicas"), static count =>
            Assert.Contains(Manifests.Workloads, workload => workload.Text("metadata", "name") == count.Text("name")));
    }

    [Fact]
    public void A_generated_map_that_a_pod_reads_is_generated()
    {
        var generated = Manifests.Kustomization($"{Manifests.Folder}/base/kustomization.yaml").Items("configMapGenerator").Select(static map => map.Text("name"));
        var read = Manifests.Workloads.SelectMany(static workload => Manifests.Container(workload).Items("envFrom")).Select(static from => from.Text("configMapRef", "name"));

        Assert.Equal(generated.Order(), read.Distinct().Order());
    }
}
