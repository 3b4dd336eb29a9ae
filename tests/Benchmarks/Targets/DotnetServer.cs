using System.Net;

namespace Tidings.Benchmarks.Targets;

/// <summary>Starts an ASP.NET Core executable of the repository, open to all callers, and quiet but for the line that tells its address.</summary>
internal static class DotnetServer
{
    static readonly string[] Quiet =
        ["--Tidings:Anonymous=true", "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:Microsoft.AspNetCore=Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information"];

    /// <summary>Where a project's Release build is, below the repository's root. Throws when it is not built.</summary>
    public static string Built(string root, string folder, string assembly)
    {
        var path = Path.Combine(root, folder, "bin", "Release", "net10.0", assembly + ".dll");
        return File.Exists(path) ? path : throw new BenchmarkException($"{path} is not built: dotnet build -c Release {folder}");
    }

    public static ServerProcess Start(string name, string assembly, IPEndPoint address, params IEnumerable<string> arguments) =>
        ServerProcess.Start(name, "dotnet", [assembly, "--urls", $"http://{address}", .. Quiet, .. arguments]);
}
