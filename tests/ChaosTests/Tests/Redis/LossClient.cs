using Tidings.ChaosTests.Clients;
using Tidings.ChaosTests.Publishers;
using Tidings.ChaosTests.Records;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Tests.Redis;

/// <summary>A client that is told when messages of its channel are gone.</summary>
sealed class LossClient : IAsyncDisposable
{
    /// <summary>Its channel.</summary>
    public const string Channel = "/loss/channel";

    readonly CancellationTokenSource _stop = new();
    readonly BayeuxClient _client;
    readonly SessionLog _log;
    Task _running = Task.CompletedTask;

    public LossClient(SessionKind kind, Stage stage)
    {
        _log = new SessionLog(stage.Clock);
        _client = new BayeuxClient(kind, [Channel], stage.Endpoint, _log);
    }

    /// <summary>By a gap, or by the end of its session.</summary>
    public bool WasTold => Record is { Gaps.Count: > 0 } or { Losses.Count: > 0 };

    SessionRecord Record => _log.ToRecord(0, SessionKind.All[0], [Channel]);

    public Task StartAsync()
    {
        _running = _client.RunAsync(_stop.Token);
        return Eventually.TrueAsync(() => _log.Subscribed != null, () => $"a subscription: {_log.LastEnd}");
    }

    public bool Has(int sequence) => Record.Receipts.Any(receipt => receipt.Key.Sequence == sequence);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }
}

/// <summary>What several of them receive.</summary>
static class LossClients
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Publishes messages, each under a new number of a round, until all clients have one of them.</summary>
    public static async Task ReceiveAsync(this LossClient[] clients, Stage stage, int round, int atLeast = 1)
    {
        await using var press = new RestPublishing(stage.Cluster.Front);
        var sequence = round * 1000;
        await Eventually.TrueAsync(
            async () =>
            {
                await press.TryAsync(new MessageKey(LossClient.Channel, 1, ++sequence));
                return sequence - (round * 1000) >= atLeast && clients.All(client => Enumerable.Range(round * 1000, sequence - (round * 1000) + 1).Any(client.Has));
            },
            () => $"a message of round {round} at every client", Patience);
    }
}
