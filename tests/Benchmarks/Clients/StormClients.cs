using System.Net;
using System.Text;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>WebSocket clients of one gateway that all come to another one at the same time, with the sessions they have.</summary>
internal sealed class StormClients : IDisposable
{
    const string Path = "/cometd";
    const string Channel = "/bench/storm";
    static readonly TimeSpan MessageEvery = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly EventLoop _loop = new();
    readonly IPEndPoint _refuge;
    readonly BayeuxConversation[] _sessions;
    readonly Connection[] _connections;
    readonly List<long> _served = [];
    readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationTokenSource _done = new();

    StormClients(IPEndPoint home, IPEndPoint refuge, int count)
    {
        _refuge = refuge;
        _sessions = [.. Enumerable.Range(0, count).Select(_ => new BayeuxConversation("websocket", Channel, subscriber: null))];
        _connections = [.. _sessions.Select(session => new Connection(_loop, home, new WebSocketFraming(home, Path), session))];
    }

    /// <summary>How often one of them had to try again.</summary>
    public int Again { get; private set; }

    /// <summary>Clients that are subscribed, of a channel that gets a message every tenth of a second.</summary>
    /// <param name="home">The gateway that they are connected to.</param>
    /// <param name="refuge">The gateway that they come to.</param>
    /// <param name="count">How many.</param>
    public static async Task<StormClients> OpenAsync(IPEndPoint home, IPEndPoint refuge, int count)
    {
        var clients = new StormClients(home, refuge, count);
        await new Ramp(clients._loop, clients._connections).RunAsync();
        _ = clients.PublishAsync();
        return clients;
    }

    /// <summary>All come back, and come again while they fail.</summary>
    /// <returns>The seconds until half of them, 99% and all of them had a message.</returns>
    public async Task<(double Half, double Most, double All)> ComeBackAsync()
    {
        var begin = Clock.Now;
        for (var i = 0; i < _sessions.Length; i++)
            Open(_sessions[i].ClientId);
        try
        {
            await _all.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new BenchmarkException($"only {_served.Count} of {_sessions.Length} clients were served within {Patience.TotalSeconds} s");
        }
        return (After(0.5), After(0.99), After(1));

        double After(double share) => (_served[(int)Math.Ceiling(_served.Count * share) - 1] - begin) / (double)Clock.Second;
    }

    public void Dispose()
    {
        _done.Cancel();
        _loop.Dispose();
    }

    void Open(string session) => _loop.Post(() =>
        new Connection(_loop, _refuge, new WebSocketFraming(_refuge, Path), new ReturningConversation(session, Channel))
            .Open(IPAddress.Loopback, connection => Heard(session, connection)));

    void Heard(string session, Connection connection)
    {
        if (connection.Failure is not { } failure)
        {
            _served.Add(Clock.Now);
            if (_served.Count == _sessions.Length)
                _all.TrySetResult();
        }
        else if (failure.Contains("402:", StringComparison.Ordinal))
        {
            _all.TrySetException(new BenchmarkException("a session is unknown: " + failure));
        }
        else
        {
            Again++;
            _ = OpenLaterAsync(session);
        }
    }

    async Task OpenLaterAsync(string session)
    {
        await Task.Delay(TryAgain, _done.Token);
        Open(session);
    }

    async Task PublishAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{_refuge}/") };
        using var ticks = new PeriodicTimer(MessageEvery);
        while (await ticks.WaitForNextTickAsync(_done.Token))
        {
            using var content = new StringContent("{}", Encoding.UTF8, "application/json");
            using var response = await http.PostAsync("channels" + Channel, content, _done.Token);
        }
    }
}
