namespace Tidings.Cluster.Tests.Files;

/// <summary>The instructions of a Dockerfile, continued lines joined.</summary>
sealed record Dockerfile(IReadOnlyList<(string Name, string Arguments)> Instructions)
{
    public static Dockerfile Read(string path)
    {
        var text = string.Join('\n', File.ReadLines(path).Where(line => !line.TrimStart().StartsWith('#')));
        var lines = text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new([.. lines.Select(line => line.Split(' ', 2)).Select(parts => (parts[0], parts[1].Trim()))]);
    }

    public IEnumerable<string> All(string name) => Instructions.Where(i => i.Name == name).Select(i => i.Arguments);

    public string Last(string name) => All(name).Last();
}
