using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Sessions.Models;

/// <summary>A client that counts: of each channel it must get every message once, in order.</summary>
internal sealed class ModelClient
{
    private readonly Dictionary<string, long> _last = ModelSilo.Channels.ToDictionary(static channel => channel, static _ => 0L);

    /// <summary>The last batch that it got.</summary>
    public long Batch { get; private set; }

    public long LastOf(string channel) => _last[channel];

    public void Get(IEnumerable<OutboxItem> items, long? batch)
    {
        Batch = batch ?? 0;
        foreach (var delivery in items.Cast<DeliveryBatch>())
        {
            foreach (var message in delivery.Messages)
            {
                Assert.True(
                    message.Offset == _last[delivery.Channel.Name] + 1,
                    $"{delivery.Channel.Name}: {message.Offset} came after {_last[delivery.Channel.Name]}.");
                _last[delivery.Channel.Name] = message.Offset;
            }
        }
    }
}
