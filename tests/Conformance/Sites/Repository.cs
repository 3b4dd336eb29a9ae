using System.Diagnostics;

namespace Tidings.Conformance.Sites;

/// <summary>Where the repository's files and built programs are, found upward from the test assembly.</summary>
static class Repository
{
    /// <summary>The directory of Directory.Packages.props.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release, as the suite itself was built.</summary>
    static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>The start of a program of this repository.</summary>
    public static ProcessStartInfo Program(string folder, string assembly, IEnumerable<string> arguments)
    {
        var directory = Path.Combine(Root, folder);
        var framework = $"net{Environment.Version.Major}.{Environment.Version.Minor}";
        var file = Path.Combine(directory, "bin", Configuration, framework, $"{assembly}.dll");
        if (!File.Exists(file))
            throw new FileNotFoundException($"{folder} is not built in configuration {Configuration}", file);
        var start = new ProcessStartInfo("dotnet", [file, .. arguments]) { WorkingDirectory = directory };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        return start;
    }

    static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Directory.Packages.props")))
                return directory.FullName;
        }

        throw new DirectoryNotFoundException("the test assembly lies outside the repository");
    }
}
