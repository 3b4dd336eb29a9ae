using Tidings.ChaosTests.Clients;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Publishers;

/// <summary>Publishes over a Bayeux WebSocket session, each message with its id.</summary>
sealed class BayeuxPublishing : IPublishing
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    readonly CancellationTokenSource _stop = new();
    readonly BayeuxClient _client;
    readonly Task _running;

    public BayeuxPublishing(Uri endpoint, SessionLog log)
    {
        _client = new BayeuxClient(new SessionKind(SessionKind.WebSocket, Assurance.None), [], endpoint, log);
        _running = _client.RunAsync(_stop.Token);
    }

    public Task<bool> TryAsync(MessageKey key) =>
        _client.TryPublishAsync(key.Channel, $"p{key.Publisher}{key.Channel.Replace('/', '_')}_{key.Sequence}", Payload.Write(key), Patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }
}
