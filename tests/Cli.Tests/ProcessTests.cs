using System.Diagnostics;
using Tidings.Client.Tests.Servers;
using Tidings.Cluster.Tests;

namespace Tidings.Cli.Tests;

/// <summary>The command as a process, with pipes and files of the system.</summary>
public sealed class ProcessTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_closed_pipe_ends_it_quietly()
    {
        // head takes one line and goes; the command has more to say than a pipe holds.
        var (code, output, error) = await ShellAsync($"""
            seq -f '"%0200.0f"' 1000 | {Tidings} publish /pipe --lines > /dev/null
            {Tidings} tail /pipe -n 1000 | head -1
            exit $(({Status(0)} * 100 + {Status(1)}))
            """);

        Assert.Equal(($"- \"{1:d200}\"", "", 0), (output, error, code));
    }

    [Fact]
    public async Task A_full_disk_is_said()
    {
        var (code, output, error) = await ShellAsync($"{Tidings} publish /full 1 > /dev/full");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("The output cannot be written", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_commands_write_to_one_file()
    {
        var (code, output, error) = await ShellAsync($"""
            file=$(mktemp)
            ({Tidings} publish /file 1; {Tidings} publish /file 2) > "$file"
            cat "$file"; rm "$file"
            """);

        Assert.Equal(("1 published on /file\n1 published on /file", "", 0), (output, error, code));
    }

    [Fact]
    public async Task It_calls_itself_by_its_name()
    {
        var (_, output, _) = await ShellAsync($"{Tidings} --help");

        Assert.Contains("tidings [command] [options]", output, StringComparison.Ordinal);
    }

    private static string Tidings => $"dotnet '{Repository.PathTo("gateway", "cli", "bin", Repository.Configuration, "net10.0", "tidings.dll")}'";

    private static string Status(int place) => $"${{PIPESTATUS[{place}]}}";

    private async Task<(int Code, string Output, string Error)> ShellAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TIDINGS_URL"] = server.Address.AbsoluteUri;
        using var shell = Process.Start(start)!;
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        try
        {
            await Task.WhenAll(output, error, shell.WaitForExitAsync()).WaitAsync(Patience);
            return (shell.ExitCode, (await output).Trim(), await error);
        }
        catch (TimeoutException)
        {
            shell.Kill(entireProcessTree: true);
            throw new TimeoutException($"The script did not end. It wrote:\n{await output}\n{await error}");
        }
    }
}
