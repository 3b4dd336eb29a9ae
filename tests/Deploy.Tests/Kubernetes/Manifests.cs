using YamlDotNet.RepresentationModel;

namespace Tidings.Deploy.Tests.Kubernetes;

/// <summary>The manifests of deploy/kubernetes before overlays patch them.</summary>
internal static class Manifests
{
    public const string Folder = "deploy/kubernetes";

    public static IReadOnlyList<string> Kustomizations { get; } = [.. Repository.Files(Folder, "kustomization.yaml").Order(StringComparer.Ordinal)];

    /// <summary>Every object that a kustomization lists as a resource, those of others left to them.</summary>
    public static IReadOnlyList<YamlNode> All { get; } = [.. Kustomizations.SelectMany(Resources)];

    public static YamlNode Kustomization(string file) => Assert.Single(Yaml.Documents(file));

    public static YamlNode The(string kind, string name) =>
        All.Single(manifest => manifest.Text("kind") == kind && manifest.Text("metadata", "name") == name);

    public static IEnumerable<YamlNode> OfKind(string kind) => All.Where(manifest => manifest.Text("kind") == kind);

    /// <summary>Pods as templates have them.</summary>
    public static IEnumerable<YamlNode> Workloads => All.Where(static manifest => manifest.Text("kind") is "StatefulSet" or "Deployment");

    public static YamlNode Container(YamlNode workload) => Assert.Single(workload.Items("spec", "template", "spec", "containers"));

    /// <summary>A container's ports by name.</summary>
    public static Dictionary<string, int> Ports(YamlNode workload) =>
        Container(workload).Items("ports").ToDictionary(static port => port.Text("name"), static port => port.Number("containerPort"));

    private static IEnumerable<YamlNode> Resources(string kustomization)
    {
        var folder = Path.GetDirectoryName(kustomization)!;
        return Kustomization(kustomization).Items("resources")
            .Select(resource => Path.Combine(folder, resource.ToString()))
            .Where(static path => File.Exists(Repository.PathTo(path)))
            .SelectMany(Yaml.Documents)
            // Each overlay has a namespace of its own, of the same name.
            .DistinctBy(static manifest => (manifest.Text("kind"), manifest.Text("metadata", "name")));
    }
}
