using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Servers;

/// <summary>A process that is always started again with the same command, as a runner such as systemd does.</summary>
sealed class Service : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    readonly Func<TextWriter, ChildProcess> _start;
    readonly Func<Task<bool>> _isReady;
    readonly TextWriter _log;
    ChildProcess? _process;
    volatile bool _isWell;

    /// <param name="name">What logs and reports call it.</param>
    /// <param name="folder">Where its log is written.</param>
    /// <param name="start">Starts the process with its log.</param>
    /// <param name="isReady">Whether it can serve.</param>
    public Service(string name, string folder, Func<TextWriter, ChildProcess> start, Func<Task<bool>> isReady)
    {
        Name = name;
        _start = start;
        _isReady = isReady;
        _log = TextWriter.Synchronized(new StreamWriter(Path.Combine(folder, name + ".log")) { AutoFlush = true });
    }

    public string Name { get; }

    /// <summary>Whether it was ready when last looked at and nothing was done to it since.</summary>
    public bool IsWell => _isWell;

    /// <summary>Whether it ended although nobody asked it to.</summary>
    public bool HasEnded => _isWell && _process is { HasExited: true };

    /// <summary>The process as it runs now.</summary>
    public int ProcessId => _process!.Id;

    public async Task StartAsync()
    {
        _process = _start(_log);
        await ReadyAsync();
    }

    /// <summary>Takes it out of service: from now on its end is no surprise.</summary>
    public void Retire() => _isWell = false;

    public Task KillAsync() => _process!.KillAsync();

    /// <summary>SIGTERM, and waits for the end.</summary>
    public Task StopAsync() => _process!.StopAsync();

    public Task SignalAsync(string signal) => _process!.SignalAsync(signal);

    /// <summary>Waits until it serves; if it ends meanwhile, as a silo that finds itself declared dead does, it is started again.</summary>
    public async Task ReadyAsync()
    {
        await Eventually.TrueAsync(IsReadyAsync, () => $"{Name} is not ready; see {Name}.log", Patience);
        _isWell = true;
    }

    public async ValueTask DisposeAsync()
    {
        Retire();
        if (_process != null)
            await _process.DisposeAsync();
        await _log.DisposeAsync();
    }

    async Task<bool> IsReadyAsync()
    {
        if (_process is { HasExited: true } ended)
        {
            await ended.DisposeAsync();
            _process = _start(_log);
        }
        return await _isReady();
    }
}
