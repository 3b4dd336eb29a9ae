using Tidings.Protocols.Hono;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>Publishes events to Tidings' own channel <c>/event/{tenant}</c>, so that subscribers of every protocol get them.</summary>
internal sealed class ChannelProducer(IGrainFactory grains) : IConnectionEventProducer
{
    public string Name => "events";

    public async Task ProduceAsync(SessionEvent happened, CancellationToken cancellationToken)
    {
        if (happened.ToHono() is not { } message)
        {
            return;
        }

        var channel = new ChannelId(happened.Tenant, $"/event/{happened.Tenant}");
        var item = new PublishItem { Body = message.Body.ToArray(), MediaType = ConnectionEvent.ContentType, Publisher = happened.Session };
        var result = await grains.GetGrain<IChannelGrain>(channel.ToKey()).Publish([item]).WaitAsync(cancellationToken);
        if (result.Status != PublishStatus.Stored)
        {
            throw new InvalidOperationException($"Channel {channel} is {result.Status}.");
        }
    }
}
