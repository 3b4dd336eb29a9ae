using Tidings.Benchmarks.Targets;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Load;

/// <summary>What a load consists of.</summary>
/// <param name="Subscribers">How many subscribers there are.</param>
/// <param name="Channels">0: all share the broadcast channel. Else each has a channel of its own, and this is their number.</param>
/// <param name="Publishers">How many publishers share the channels.</param>
/// <param name="LongPolling">True: subscribers poll; else they have WebSockets.</param>
/// <param name="SmartRest">True: those that poll speak SmartREST.</param>
/// <param name="Beside">True: only every second one of them does.</param>
internal sealed record Cast(int Subscribers, int Channels, int Publishers, bool LongPolling = false, bool SmartRest = false, bool Beside = false)
{
    /// <summary>Deliveries a publish.</summary>
    public int FanOut => Channels == 0 ? Subscribers : 1;
}

/// <summary>A freshly started target with all its subscribers and publishers set up.</summary>
internal sealed class Scene : IDisposable
{
    readonly RunningTarget _target;
    readonly int _firstServer;
    readonly EventLoop _loop = new();
    readonly List<Connection> _connections = [];
    readonly List<Publisher> _publishers = [];

    Scene(RunningTarget target, Cast cast, int firstServer)
    {
        _target = target;
        _firstServer = firstServer;
        Cast = cast;
        Parts = cast.Beside ? [new Recorder(Recorder), new Recorder(Recorder)] : [];
    }

    public Cast Cast { get; }

    public Recorder Recorder { get; } = new();

    /// <summary>With casts of two kinds, what each received: JSON, then SmartREST.</summary>
    public IReadOnlyList<Recorder> Parts { get; }

    public IReadOnlyList<Publisher> Publishers => _publishers;

    public IReadOnlyList<System.Net.IPEndPoint> Servers => _target.Servers;

    public IReadOnlyList<int> ServerProcessIds => _target.ProcessIds;

    /// <summary>Deliveries owed for all publishes so far.</summary>
    public long Owed => _publishers.Sum(publisher => publisher.Published) * Cast.FanOut;

    /// <summary>The first connection or process that ended, or null.</summary>
    public string? Failure => _target.Crash ?? _connections.Select(connection => connection.Failure).FirstOrDefault(failure => failure is not null);

    /// <summary>Starts the target and sets the cast up.</summary>
    /// <param name="target">The target.</param>
    /// <param name="cast">The cast.</param>
    /// <param name="firstServer">The cast keeps away from the servers before this one.</param>
    public static async Task<Scene> OpenAsync(ITarget target, Cast cast, int firstServer = 0)
    {
        var scene = new Scene(await target.StartAsync(), cast, firstServer);
        try
        {
            await target.Dialect.PrepareAsync(scene.ServerOf(0), cast);
            scene.AddSubscribers(target);
            scene.AddPublishers(target);
            await new Ramp(scene._loop, scene._connections).RunAsync();
            return scene;
        }
        catch
        {
            scene.Dispose();
            throw;
        }
    }

    /// <summary>Sends what publishers could not hand to their sockets in time.</summary>
    public void FlushPublishers()
    {
        foreach (var connection in _connections.TakeLast(_publishers.Count))
            connection.Flush();
    }

    /// <summary>SIGKILL for one of the servers.</summary>
    public void Kill(int server) => _target.Kill(server);

    public void Dispose()
    {
        _loop.Dispose();
        _target.Dispose();
    }

    System.Net.IPEndPoint ServerOf(int client) => _target.Servers[_firstServer + (client % (_target.Servers.Count - _firstServer))];

    void AddSubscribers(ITarget target)
    {
        for (var i = 0; i < Cast.Subscribers; i++)
        {
            var server = ServerOf(i);
            var channel = Cast.Channels == 0 ? 0 : 1 + i;
            var smart = Cast.SmartRest && (!Cast.Beside || (i / _target.Servers.Count % 2 == 1));
            var subscriber = new Subscriber(Parts.Count == 0 ? Recorder : Parts[smart ? 1 : 0]);
            _connections.Add(smart
                ? target.Dialect.SmartRestSubscriber(_loop, server, channel, subscriber)
                : Cast.LongPolling
                ? target.Dialect.LongPollSubscriber(_loop, server, channel, subscriber)
                : target.Dialect.WebSocketSubscriber(_loop, server, channel, subscriber));
        }
    }

    void AddPublishers(ITarget target)
    {
        var count = target.Dialect.PublishersOf(Cast);
        var share = Math.Max(1, Cast.Channels / count);
        for (var i = 0; i < count; i++)
        {
            var server = ServerOf(i);
            var (connection, publisher) = target.Dialect.Publisher(_loop, server, Cast.Channels == 0 ? 0 : 1 + (i * share), share);
            if (!_connections.Contains(connection))
                _connections.Add(connection);
            _publishers.Add(publisher);
        }
    }
}
