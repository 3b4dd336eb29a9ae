using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tidings.Deploy.Tests;

/// <summary>YAML files and ways into them.</summary>
internal static class Yaml
{
    /// <summary>The documents of a file that are not empty.</summary>
    public static IReadOnlyList<YamlNode> Documents(string file) => Parse(Repository.Read(file));

    /// <summary>The documents of a text that are not empty, merges applied.</summary>
    public static IReadOnlyList<YamlNode> Parse(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new MergingParser(new Parser(new StringReader(text))));
        return [.. yaml.Documents.Select(static document => document.RootNode).Where(static node => node is not YamlScalarNode { Value: null or "" })];
    }

    /// <summary>What is at a path of keys and indices; null if nothing is.</summary>
    public static YamlNode? Find(this YamlNode? node, params string[] path) => path.Aggregate(node, static (at, step) => at switch
    {
        YamlMappingNode map => map.Children.TryGetValue(step, out var child) ? child : null,
        YamlSequenceNode list => list.Children.ElementAtOrDefault(int.Parse(step, CultureInfo.InvariantCulture)),
        _ => null,
    });

    /// <summary>The text at a path.</summary>
    public static string Text(this YamlNode node, params string[] path) =>
        (node.Find(path) as YamlScalarNode)?.Value ?? throw new KeyNotFoundException($"Nothing at {string.Join('.', path)} in {node}");

    /// <summary>The number at a path.</summary>
    public static int Number(this YamlNode node, params string[] path) => int.Parse(node.Text(path), CultureInfo.InvariantCulture);

    /// <summary>The items of the list at a path; none if there is no list.</summary>
    public static IEnumerable<YamlNode> Items(this YamlNode node, params string[] path) => (node.Find(path) as YamlSequenceNode)?.Children ?? [];

    /// <summary>The pairs of the mapping at a path; none if there is no mapping.</summary>
    public static Dictionary<string, string> Pairs(this YamlNode node, params string[] path) =>
        (node.Find(path) as YamlMappingNode)?.Children.ToDictionary(static pair => pair.Key.ToString(), static pair => pair.Value.ToString()) ?? [];
}
