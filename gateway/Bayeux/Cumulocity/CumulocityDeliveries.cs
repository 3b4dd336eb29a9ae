using System.Globalization;
using System.Text;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.Bayeux.Cumulocity;

/// <summary>
/// Deliveries as clients of a real-time endpoint see them: the channel by their name for it, and an id, which is the message's offset
/// in its channel, so that a message that comes twice has the same. Of operations, creations only, unwrapped.
/// </summary>
internal sealed class CumulocityDeliveries(RealtimeEndpointKind kind) : BayeuxDeliveries(DeliveryCodecs.Cumulocity + (int)kind)
{
    public override bool ShowsAny(List<OutboxItem> items) =>
        kind != RealtimeEndpointKind.Operations || items.Exists(item => item is not DeliveryBatch batch || batch.EncodedBy(this).Length > 0);

    protected override string NameOf(string channel) => kind.FromCore(channel);

    protected override ReadOnlyMemory<byte>? BodyOf(Message message) =>
        kind != RealtimeEndpointKind.Operations || (message.Item.MediaType is not null && !MediaTypes.IsJson(message.Item.MediaType))
            ? message.Item.Body
            : RealtimeEntity.OfCreation(message.Item.Body);

    protected override ReadOnlyMemory<byte> IdOf(Message message) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"{message.Offset}\""));
}
