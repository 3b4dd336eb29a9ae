using Tidings.ChaosTests.Clients;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Publishers;

/// <summary>Publishes numbered messages to its channels, on each one at a time, and repeats each until it is acknowledged.</summary>
/// <param name="number">Its number.</param>
/// <param name="way">How it publishes.</param>
/// <param name="interval">Between two messages of a channel.</param>
/// <param name="clock">Times of the record.</param>
sealed class Publisher(int number, IPublishing way, TimeSpan interval, RunClock clock) : IAsyncDisposable
{
    /// <summary>After this it goes on with the next message; what became of this one is unknown.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    readonly List<Publication> _publications = [];
    readonly Lock _lock = new();

    public IReadOnlyList<Publication> Publications
    {
        get
        {
            lock (_lock)
                return [.. _publications];
        }
    }

    /// <summary>Publishes until it is stopped; the last message is settled first.</summary>
    /// <param name="channels">Channels, and how long after the start the first message goes there.</param>
    /// <param name="stop">Says that no further message is to be begun.</param>
    public Task RunAsync(IEnumerable<(string Channel, TimeSpan Begin)> channels, CancellationToken stop) =>
        Task.WhenAll(channels.Select(item => RunChannelAsync(item.Channel, item.Begin, stop)));

    public ValueTask DisposeAsync() => way.DisposeAsync();

    async Task RunChannelAsync(string channel, TimeSpan begin, CancellationToken stop)
    {
        try
        {
            await Task.Delay(begin, stop);
            using var pace = new PeriodicTimer(interval);
            for (var sequence = 1; ; sequence++)
            {
                await pace.WaitForNextTickAsync(stop);
                await PublishAsync(new MessageKey(channel, number, sequence));
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    async Task PublishAsync(MessageKey key)
    {
        var sent = clock.Now;
        var attempts = 1;
        var acknowledged = await way.TryAsync(key);
        while (!acknowledged && clock.Now - sent < Patience)
        {
            await Backoff.AfterAsync(attempts + 1, CancellationToken.None);
            attempts++;
            acknowledged = await way.TryAsync(key);
        }
        lock (_lock)
            _publications.Add(new Publication(key, sent, acknowledged ? clock.Now : null, attempts));
    }
}
