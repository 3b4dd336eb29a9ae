namespace Tidings.Cluster.Tests;

/// <summary>Where the sources and the built executables are.</summary>
static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release, whichever these tests were built as.</summary>
    public static string Configuration { get; } =
        new DirectoryInfo(AppContext.BaseDirectory).Parent?.Name ?? throw new InvalidOperationException("not in bin/<configuration>/");

    public static string PathTo(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Executable(string folder, string assembly) =>
        PathTo(folder, "bin", Configuration, "net10.0", assembly + ".dll");

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
                return folder.FullName;
        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository");
    }
}
