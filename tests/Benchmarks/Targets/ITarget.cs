using System.Net;
using Tidings.Benchmarks.Clients;

namespace Tidings.Benchmarks.Targets;

/// <summary>A server under test: one process or several, started fresh for every row.</summary>
internal interface ITarget
{
    /// <summary>The name on the command line and in the table.</summary>
    string Name { get; }

    /// <summary>What it is, for the notes under the table.</summary>
    string Description { get; }

    IDialect Dialect { get; }

    bool HasLongPolling { get; }

    bool HasSmartRest => false;

    /// <summary>Starts the processes and returns when they serve. Throws <see cref="BenchmarkException"/> with what is missing.</summary>
    Task<RunningTarget> StartAsync();
}

/// <summary>The running processes of a target and the addresses that clients take in turn.</summary>
/// <param name="processes">All processes; those of <paramref name="servers"/> come last and in their order.</param>
/// <param name="servers">The addresses.</param>
internal sealed class RunningTarget(IReadOnlyList<ServerProcess> processes, IReadOnlyList<IPEndPoint> servers) : IDisposable
{
    readonly HashSet<ServerProcess> _killed = [];

    public IReadOnlyList<IPEndPoint> Servers => servers;

    public IReadOnlyList<int> ProcessIds => [.. Running.Select(process => process.Id)];

    /// <summary>The first process that ended by itself with its last output, or null.</summary>
    public string? Crash => Running.Select(process => process.Crash).FirstOrDefault(crash => crash is not null);

    IEnumerable<ServerProcess> Running
    {
        get
        {
            lock (_killed)
                return [.. processes.Where(process => !_killed.Contains(process))];
        }
    }

    /// <summary>Ends one of the servers as a crash does.</summary>
    public void Kill(int server)
    {
        var process = processes[processes.Count - servers.Count + server];
        lock (_killed)
            _killed.Add(process);
        process.Dispose();
    }

    /// <summary>Ends the processes, the ones started last first.</summary>
    public void Dispose()
    {
        foreach (var process in processes.Reverse())
            process.Dispose();
    }
}
