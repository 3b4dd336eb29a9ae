using Tidings.ChaosTests.Clients;
using Tidings.ChaosTests.Records;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests;

/// <summary>The subscribing clients.</summary>
sealed class Audience : IAsyncDisposable
{
    static readonly TimeSpan SubscribePatience = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);
    static readonly TimeSpan CalmPatience = TimeSpan.FromSeconds(90);

    readonly List<(int Id, SessionKind Kind, IReadOnlyList<string> Patterns, BayeuxClient Client, SessionLog Log)> _members = [];
    readonly CancellationTokenSource _stop = new();
    readonly RunClock _clock;
    readonly Random _random;
    readonly List<Task> _running = [];

    public Audience(ChaosOptions options, Uri endpoint, RunClock clock)
    {
        _clock = clock;
        _random = new Random(options.Seed);
        for (var id = 0; id < options.Sessions; id++)
        {
            var kind = SessionKind.All[id % SessionKind.All.Count];
            var patterns = Scene.PatternsOf(id / SessionKind.All.Count, kind);
            var log = new SessionLog(clock);
            _members.Add((id, kind, patterns, new BayeuxClient(kind, patterns, endpoint, log), log));
        }
    }

    public IReadOnlyList<SessionRecord> Records => [.. _members.Select(member => member.Log.ToRecord(member.Id, member.Kind, member.Patterns))];

    IEnumerable<SessionLog> Waiting => from member in _members where member.Log.Subscribed == null select member.Log;

    /// <summary>Starts all and waits until each has its subscriptions.</summary>
    public async Task StartAsync()
    {
        _running.AddRange(_members.Select(member => member.Client.RunAsync(_stop.Token)));
        await Eventually.TrueAsync(
            () => _members.TrueForAll(member => member.Log.Subscribed != null),
            () => $"subscriptions of {Waiting.Count()} of {_members.Count} sessions; the first: {Waiting.First().LastEnd}", SubscribePatience);
    }

    /// <summary>Cuts the connections of that many of 100 clients.</summary>
    public void Cut(int share)
    {
        foreach (var member in _members.Where(_ => _random.Next(100) < share))
            member.Client.Cut();
    }

    /// <summary>Waits until nothing has arrived for 10 s: what has not come by then never will.</summary>
    public async Task CalmAsync()
    {
        var (count, since) = (-1, _clock.Now);
        await Eventually.TrueAsync(
            () =>
            {
                var now = _members.Sum(member => member.Log.Count);
                (count, since) = now == count ? (count, since) : (now, _clock.Now);
                return _clock.Now - since > Calm;
            },
            () => "10 s without a message after the last publish", CalmPatience);
    }

    /// <summary>Ends the clients: only then all of their connections are on record.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
