using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Targets;

/// <summary>A child process with its output kept for error messages. Ends with this tool, also when the tool is interrupted.</summary>
internal sealed class ServerProcess : IDisposable
{
    const int KeptLines = 30;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    static readonly ConcurrentDictionary<int, ServerProcess> Running = new();

    readonly string _name;
    readonly Process _process;
    readonly Queue<string> _lines = new();
    readonly Dictionary<string, TaskCompletionSource> _awaited = [];

    ServerProcess(string name, Process process)
    {
        _name = name;
        _process = process;
    }

    /// <summary>Raised after the process has been ended by <see cref="Dispose"/>.</summary>
    public event Action? Ended;

    public int Id { get; private set; }

    /// <summary>The last output, when the process ended by itself; else null.</summary>
    public string? Crash => _process.HasExited ? $"{_name} ended with code {_process.ExitCode}:\n{LastLines()}" : null;

    public static ServerProcess Start(string name, string file, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new ServerProcess(name, new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, line) => server.Keep(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Keep(line.Data);
        server.Begin();
        Running[server.Id] = server;
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>A loopback address with a port that was free a moment ago.</summary>
    public static IPEndPoint FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    /// <summary>Waits for a line of output that contains <paramref name="text"/>; ends the process when it does not come.</summary>
    public Task WaitForLineAsync(string text) => WaitAsync(_ => SeenAsync(text), $"the line \"{text}\"");

    /// <summary>Waits until GET <paramref name="url"/> answers 200; ends the process when it does not.</summary>
    public Task WaitForOkAsync(Uri url) => WaitAsync(stop => AnswersOkAsync(url, stop), $"200 from {url}");

    public void Dispose()
    {
        if (!Running.TryRemove(Id, out _))
            return;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Ended?.Invoke();
    }

    void Begin()
    {
        try
        {
            _process.Start();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new BenchmarkException($"cannot start {_name}: {missing.Message}");
        }
        Id = _process.Id;
    }

    /// <summary>Ends every child: this tool was interrupted.</summary>
    public static void EndAll()
    {
        foreach (var server in Running.Values)
            server.Dispose();
    }

    /// <summary>Waits until (a) the condition holds, (b) the process ends, (c) patience ends.</summary>
    async Task WaitAsync(Func<CancellationToken, Task> condition, string what)
    {
        using var stop = new CancellationTokenSource(Patience);
        var met = condition(stop.Token);
        var first = await Task.WhenAny(met, _process.WaitForExitAsync(stop.Token));
        await stop.CancelAsync();
        if (first == met && met.IsCompletedSuccessfully)
            return;
        var failure = Crash ?? $"{_name}: no {what} within {Patience.TotalSeconds} s:\n{LastLines()}";
        Dispose();
        throw new BenchmarkException(failure);
    }

    static async Task AnswersOkAsync(Uri url, CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        if (!await Eventually.IsAsync(AnswersAsync, Poll, stop))
            throw new OperationCanceledException(stop);

        async Task<bool> AnswersAsync()
        {
            try
            {
                using var response = await client.GetAsync(url, stop);
                return response.IsSuccessStatusCode;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        }
    }

    Task SeenAsync(string text)
    {
        lock (_lines)
        {
            var seen = _awaited.TryGetValue(text, out var known) ? known : _awaited[text] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
                seen.TrySetResult();
            return seen.Task;
        }
    }

    void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
            foreach (var (text, seen) in _awaited)
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    seen.TrySetResult();
            }
        }
    }

    string LastLines()
    {
        lock (_lines)
            return string.Join('\n', _lines);
    }
}
