using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Tidings.Conformance.Sites;

/// <summary>A server started by the suite. It says on standard output where it listens and is ended with the suite.</summary>
sealed partial class ServerProcess : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process _process;
    readonly StringBuilder _output = new();
    readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    ServerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"{start.FileName} ended before it listened:\n{Output}"));
    }

    /// <summary>The address it listens on.</summary>
    public Uri Address => _listening.Task.Result;

    string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts a program and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync(ProcessStartInfo start)
    {
        var server = new ServerProcess(start);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            await server._listening.Task.WaitAsync(Patience);
            return server;
        }
        catch (Exception exception)
        {
            var said = server.Output;
            await server.DisposeAsync();
            throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} does not listen. It said:\n{said}", exception);
        }
    }

    /// <summary>Asks the program to stop, as a service manager does, and waits for its end.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    void Read(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
        if (Listening().Match(line) is { Success: true } match)
            _listening.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"Now listening on: (http://[^\s/]+)")]
    private static partial Regex Listening();
}
