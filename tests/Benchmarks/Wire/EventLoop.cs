using System.Collections.Concurrent;

namespace Tidings.Benchmarks.Wire;

/// <summary>One thread that reads every connection of the generator into one shared buffer: no task, timer or buffer per message.</summary>
internal sealed class EventLoop : IDisposable
{
    const int PollMilliseconds = 10;

    readonly Poller _poller = new();
    readonly ConcurrentQueue<Action> _posted = new();
    readonly Dictionary<int, Connection> _connections = [];
    readonly byte[] _shared = new byte[256 * 1024];
    readonly Thread _thread;
    volatile bool _stopped;

    public EventLoop()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "event loop" };
        _thread.Start();
    }

    /// <summary>Runs an action on the loop's thread, within some milliseconds.</summary>
    public void Post(Action action) => _posted.Enqueue(action);

    /// <summary>Starts reading a connection. Called on the loop's thread.</summary>
    public void Add(Connection connection)
    {
        _connections[connection.Descriptor] = connection;
        _poller.Add(connection.Descriptor);
    }

    /// <summary>Forgets a connection. Called on the loop's thread, before its socket is closed.</summary>
    public void Remove(Connection connection)
    {
        if (_connections.Remove(connection.Descriptor))
            _poller.Remove(connection.Descriptor);
    }

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
        foreach (var connection in _connections.Values.ToArray())
            connection.Close();
        _poller.Dispose();
    }

    void Run()
    {
        while (!_stopped)
        {
            while (_posted.TryDequeue(out var action))
                action();
            var ready = _poller.Wait(PollMilliseconds);
            for (var i = 0; i < ready; i++)
            {
                if (_connections.TryGetValue(_poller[i], out var connection))
                    connection.Read(_shared);
            }
        }
    }
}
