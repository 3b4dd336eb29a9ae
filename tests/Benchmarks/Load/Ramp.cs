using System.Net;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Load;

/// <summary>Sets up many clients with a fixed number in flight; the next begins when one is ready, and that one hangs up if it is not to <paramref name="stay"/>.</summary>
internal sealed class Ramp(EventLoop loop, IReadOnlyList<Connection> connections, bool stay = true, int inFlight = 64)
{
    // Beyond this many clients of one server address, the ephemeral ports of one source address run short.
    const int ClientsPerSourceAddress = 20_000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _next;
    int _ready;

    /// <summary>Opens all; returns the seconds it took. Throws <see cref="BenchmarkException"/> with the first failure.</summary>
    public async Task<double> RunAsync()
    {
        var start = Clock.Now;
        loop.Post(() =>
        {
            for (var i = 0; i < inFlight; i++)
                OpenNext();
        });
        try
        {
            await _done.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new BenchmarkException($"only {_ready} of {connections.Count} clients were set up within {Patience.TotalSeconds} s");
        }
        return (Clock.Now - start) / (double)Clock.Second;
    }

    void OpenNext()
    {
        if (_next == connections.Count)
            return;
        var index = _next++;
        connections[index].Open(new IPAddress([127, 0, 0, (byte)(1 + (index / ClientsPerSourceAddress))]), Ready);
    }

    void Ready(Connection connection)
    {
        _ready++;
        if (!stay)
            connection.Close();
        if (connection.Failure is { } failure)
            _done.TrySetException(new BenchmarkException($"client {_ready} of {connections.Count}: {failure}"));
        else if (_ready == connections.Count)
            _done.TrySetResult();
        else
            loop.Post(OpenNext);
    }
}
