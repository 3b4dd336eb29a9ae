using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tidings.Cluster.Tests.Processes;

/// <summary>A program under test: its output is kept, and it ends with the test.</summary>
sealed class ChildProcess : IAsyncDisposable
{
    internal const int LinesKept = 400;
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(40);

    readonly string _name;
    readonly Process _process;
    readonly ConcurrentQueue<string> _output = new();
    readonly TextWriter? _log;

    ChildProcess(string name, Process process, TextWriter? log)
    {
        _name = name;
        _process = process;
        _log = log;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public IReadOnlyCollection<string> Output => _output;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What failures call it.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Added to this process's environment.</param>
    /// <param name="log">Gets every line of output; must be safe for use by several threads, and stays open.</param>
    public static ChildProcess Start(
        string name, string program, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null, TextWriter? log = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;
        var child = new ChildProcess(name, new Process { StartInfo = start }, log);
        child.Begin();
        return child;
    }

    /// <summary>Waits until a line of output fits, and returns it.</summary>
    public async Task<string> LineAsync(Func<string, bool> fits, string what)
    {
        string? line = null;
        await Eventually.TrueAsync(() => (line = _output.FirstOrDefault(fits)) != null || Ended(what), () => Missing(what));
        return line!;
    }

    /// <summary>Waits for a condition that only this process, alive, can make true.</summary>
    public Task UntilAsync(Func<Task<bool>> condition, string what) =>
        Eventually.TrueAsync(async () => await condition() || Ended(what), () => Missing(what));

    public async Task<int> ExitAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(Missing($"its end within {timeout.TotalSeconds} s"));
        }
        return _process.ExitCode;
    }

    /// <summary>Ends the process as an orchestrator does: SIGTERM, then time to finish.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        return await ExitAsync(Grace);
    }

    /// <summary>Ends the process as a crash does: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal by its name, such as STOP.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    void Begin()
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    void Keep(string? line)
    {
        if (line == null)
            return;
        _log?.WriteLine(line);
        _output.Enqueue(line);
        if (_output.Count > LinesKept)
            _output.TryDequeue(out _);
    }

    bool Ended(string what) =>
        _process.HasExited ? throw new InvalidOperationException(Missing($"{what}; it ended with {_process.ExitCode}")) : false;

    string Missing(string what) => $"{_name}: {what}. Its last output:\n  {string.Join("\n  ", _output.TakeLast(40))}";
}
