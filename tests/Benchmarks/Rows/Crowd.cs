using System.Net;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Targets;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Rows;

/// <summary>Makes one client of a target.</summary>
internal delegate Connection NewClient(EventLoop loop, IPEndPoint server, int channel);

/// <summary>Many clients that come, stay and say nothing.</summary>
internal sealed class Crowd(EventLoop loop, RunningTarget target, NewClient client, int count, int channels)
{
    readonly List<Connection> _connections =
        [.. Enumerable.Range(0, count).Select(i => client(loop, target.Servers[i % target.Servers.Count], 1 + (i % channels)))];

    /// <summary>The first client whose connection ended, or null.</summary>
    public string? Failure => _connections.Select(connection => connection.Failure).FirstOrDefault(failure => failure is not null);

    /// <summary>Sets all clients up; returns the seconds it took.</summary>
    public Task<double> ArriveAsync() => new Ramp(loop, _connections).RunAsync();

    /// <summary>Sets all clients up, of which each hangs up when it is ready; its session stays.</summary>
    public Task PassAsync() => new Ramp(loop, _connections, stay: false).RunAsync();

    /// <summary>A crowd that comes and goes, so that what follows meets a warm server.</summary>
    public static async Task VisitAsync(EventLoop loop, RunningTarget target, NewClient client, int count, int channels)
    {
        var visitors = new Crowd(loop, target, client, count, channels);
        await visitors.ArriveAsync();
        await visitors.LeaveAsync();
    }

    Task LeaveAsync()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            foreach (var connection in _connections)
                connection.Close(politely: true);
            left.SetResult();
        });
        return left.Task;
    }
}
