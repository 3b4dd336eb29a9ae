using Tidings.Cluster.Tests;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Servers;

/// <summary>The sources of another commit, checked out beside the repository's own (git worktree) and built there.</summary>
sealed class SourceTree : IAsyncDisposable
{
    static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(10);

    readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("tidings-previous-");

    SourceTree()
    {
    }

    string Root => Path.Combine(_parent.FullName, "sources");

    /// <summary>Checks a commit out and builds its silo and its gateway.</summary>
    public static async Task<SourceTree> BuildAsync(string commit)
    {
        var tree = new SourceTree();
        try
        {
            await RunAsync("git", "-C", Repository.Root, "worktree", "add", "--detach", tree.Root, commit);
            foreach (var project in new[] { "silo/Tidings.Silo.csproj", "gateway/Tidings.Gateway.csproj" })
                await RunAsync("dotnet", "build", Path.Combine(tree.Root, project), "-c", Repository.Configuration, "--nologo", "-v", "quiet");
            return tree;
        }
        catch
        {
            await tree.DisposeAsync();
            throw;
        }
    }

    public string Executable(string project, string assembly) =>
        Path.Combine(Root, project, "bin", Repository.Configuration, "net10.0", assembly + ".dll");

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Root))
            await RunAsync("git", "-C", Repository.Root, "worktree", "remove", "--force", Root);
        _parent.Delete(recursive: true);
    }

    static async Task RunAsync(string program, params string[] arguments)
    {
        await using var process = ChildProcess.Start(program, program, arguments);
        if (await process.ExitAsync(BuildPatience) != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}:\n{string.Join('\n', process.Output)}");
    }
}
