using System.Globalization;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Files;

/// <summary>deploy/local-cluster from up to down, with a state directory and a front port of its own.</summary>
public sealed class LocalClusterScriptTests : IAsyncLifetime
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    readonly string _state = Directory.CreateTempSubdirectory("tidings-cluster-").FullName;
    readonly int _port = FreePort.Next();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await ScriptAsync("down");
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task It_comes_up_says_so_and_goes_down_whole()
    {
        var (code, output) = await UpAsync();
        Assert.True(code == 0, output);
        Assert.Contains($"Tidings is ready at http://127.0.0.1:{_port} ", output, StringComparison.Ordinal);
        Assert.True(await Health.IsReadyAsync(new Uri($"http://127.0.0.1:{_port}")));

        (code, output) = await ScriptAsync("status");
        Assert.Equal(0, code);
        string[] names = ["front", "gateway1", "gateway2", "silo1", "silo2", "redis"];
        Assert.Equal(names, Rows(output).Select(row => row[0]));
        Assert.All(Rows(output), row => Assert.Equal("ready", row[3]));

        (code, var again) = await UpAsync();
        Assert.Equal(0, code);
        Assert.Equal(output, (await ScriptAsync("status")).Output);
        Assert.Contains("ready", again, StringComparison.Ordinal);

        (code, output) = await ScriptAsync("down");
        Assert.Equal(0, code);
        Assert.DoesNotContain("killed", output, StringComparison.Ordinal);
        Assert.False(await Health.IsReadyAsync(new Uri($"http://127.0.0.1:{_port}")));
        Assert.Equal("not running", (await ScriptAsync("status")).Output);
    }

    [Fact]
    public async Task An_option_it_does_not_know_is_refused()
    {
        var (code, output) = await ScriptAsync("up", "--gatways", "3");
        Assert.NotEqual(0, code);
        Assert.Contains("unknown option '--gatways'", output, StringComparison.Ordinal);
    }

    /// <summary>The script runs Release builds; these tests have brought them along unless they are a Debug build themselves.</summary>
    Task<(int Code, string Output)> UpAsync()
    {
        string[] options = ["--port", _port.ToString(CultureInfo.InvariantCulture)];
        return ScriptAsync("up", Repository.Configuration == "Release" ? [.. options, "--no-build"] : options);
    }

    async Task<(int Code, string Output)> ScriptAsync(string command, params string[] options)
    {
        string[] arguments = [Repository.PathTo("deploy", "local-cluster"), command, "--state", _state, .. options];
        await using var script = ChildProcess.Start($"local-cluster {command}", "bash", arguments);
        var code = await script.ExitAsync(Limit);
        return (code, string.Join('\n', script.Output));
    }

    static IEnumerable<string[]> Rows(string status) =>
        status.Split('\n').Skip(1).Select(line => line.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries));
}
