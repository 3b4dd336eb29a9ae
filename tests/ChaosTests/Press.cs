using Tidings.ChaosTests.Clients;
using Tidings.ChaosTests.Publishers;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests;

/// <summary>The publishers: two over REST, two over Bayeux; each channel belongs to one of them, or to one of either sort.</summary>
sealed class Press : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly List<SessionLog> _logs = [];
    readonly Publisher[] _publishers;
    readonly TimeSpan _late;
    Task _running = Task.CompletedTask;

    public Press(ChaosOptions options, Uri front, Uri endpoint, RunClock clock, TimeSpan late)
    {
        _late = late;
        var interval = TimeSpan.FromSeconds((double)Scene.Lanes / options.Rate);
        _publishers = [.. Enumerable.Range(1, 4).Select(number => new Publisher(number, Way(number, front, endpoint, clock), interval, clock))];
    }

    public IReadOnlyList<Publication> Publications => [.. _publishers.SelectMany(publisher => publisher.Publications)];

    /// <summary>What the publishing sessions were told of their own loss.</summary>
    public IReadOnlyList<Notice> Losses =>
        [.. _logs.SelectMany(log => log.ToRecord(0, SessionKind.All[0], []).Losses)];

    public void Start() =>
        _running = Task.WhenAll(_publishers.Select((publisher, i) => publisher.RunAsync(ChannelsOf(i), _stop.Token)));

    /// <summary>Begins no further message and waits until those under way are settled.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var publisher in _publishers)
            await publisher.DisposeAsync();
        _stop.Dispose();
    }

    IPublishing Way(int number, Uri front, Uri endpoint, RunClock clock)
    {
        if (number % 2 == 1)
            return new RestPublishing(front);
        _logs.Add(new SessionLog(clock));
        return new BayeuxPublishing(endpoint, _logs[^1]);
    }

    IEnumerable<(string Channel, TimeSpan Begin)> ChannelsOf(int publisher)
    {
        for (var i = 0; i < Scene.Channels.Count; i++)
            if (i % 4 == publisher || (Scene.HasTwoPublishers(i) && (i + 1) % 4 == publisher))
                yield return (Scene.Channels[i], TimeSpan.FromMilliseconds(50 * i));
        for (var i = 0; i < Scene.LateChannels.Count; i++)
            if (i % 4 == publisher)
                yield return (Scene.LateChannels[i], _late);
    }
}
