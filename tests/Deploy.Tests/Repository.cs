namespace Tidings.Deploy.Tests;

/// <summary>The files of the repository.</summary>
internal static class Repository
{
    private static readonly string[] Production = ["grain-interfaces", "grains", "silo", "gateway"];

    public static string Root { get; } = FindRoot();

    public static string PathTo(string file) => Path.Combine(Root, file);

    public static string Read(string file) => File.ReadAllText(PathTo(file));

    /// <summary>The files of a folder and below, relative to the root.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) => Directory
        .EnumerateFiles(PathTo(folder), pattern, SearchOption.AllDirectories)
        .Select(static path => Path.GetRelativePath(Root, path))
        .Where(static path => !path.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj" or ".local"));

    /// <summary>The text of every source of the servers.</summary>
    public static IEnumerable<string> Sources() => Production.SelectMany(static folder => Files(folder, "*.cs")).Select(Read);

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
