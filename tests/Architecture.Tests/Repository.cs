namespace Tidings.Architecture.Tests;

/// <summary>The files of the repository, without what builds and tools leave there.</summary>
internal static class Repository
{
    private static readonly HashSet<string> Leftovers = [".git", "bin", "obj", "node_modules", "TestResults", "artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>Files below a folder, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string folder, string pattern = "*") => Walk(Path.Combine(Root, folder), pattern)
        .Select(static path => Path.GetRelativePath(Root, path).Replace('\\', '/'));

    /// <summary>Sources of everything that is shipped.</summary>
    public static IEnumerable<string> ProductionSources() => Files("", "*.cs").Where(static path => !path.StartsWith("tests/", StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static IEnumerable<string> Walk(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern)
        .Concat(Directory.EnumerateDirectories(folder)
            .Where(static child => !Leftovers.Contains(Path.GetFileName(child)))
            .SelectMany(child => Walk(child, pattern)));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Cluster.sln is in no folder above the tests.");
    }
}
