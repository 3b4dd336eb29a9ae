using System.Diagnostics;

namespace Tidings.Conformance.Sites;

/// <summary>Installs the packages of a package.json when they are not there yet.</summary>
static class NpmPackages
{
    static readonly SemaphoreSlim OneAtATime = new(1);

    public static async Task InstallAsync(string directory, string package)
    {
        await OneAtATime.WaitAsync();
        try
        {
            if (!Directory.Exists(Path.Combine(directory, "node_modules", package)))
                await RunAsync(directory);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    static async Task RunAsync(string directory)
    {
        string[] arguments = ["install", "--no-package-lock", "--no-audit", "--no-fund"];
        using var npm = Process.Start(new ProcessStartInfo("npm", arguments) { WorkingDirectory = directory, RedirectStandardError = true })!;
        var errors = await npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm install in {directory} failed:\n{errors}");
    }
}
