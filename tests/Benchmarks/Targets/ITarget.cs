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
internal sealed class RunningTarget(IReadOnlyList<ServerProcess> processes, IReadOnlyList<IPEndPoint> servers) : IDisposable
{
    public IReadOnlyList<IPEndPoint> Servers => servers;

    public IReadOnlyList<int> ProcessIds { get; } = [.. processes.Select(process => process.Id)];

    /// <summary>The first process that ended by itself with its last output, or null.</summary>
    public string? Crash => processes.Select(process => process.Crash).FirstOrDefault(crash => crash is not null);

    /// <summary>Ends the processes, the ones started last first.</summary>
    public void Dispose()
    {
        foreach (var process in processes.Reverse())
            process.Dispose();
    }
}
