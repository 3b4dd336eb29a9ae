using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>Batches and items as a silo would send them.</summary>
internal static class Deliveries
{
    public const string Tenant = "default";

    public static ChannelBatch Batch(string channel, long first, int count = 1, int bytes = 4) => new()
    {
        Channel = new ChannelId(Tenant, channel),
        Epoch = 1,
        Messages = [.. Enumerable.Range(0, count).Select(i => new Message { Offset = first + i, Time = 0, Item = new PublishItem { Body = new byte[bytes] } })],
        Head = first + count - 1,
    };

    public static DeliveryBatch Item(string channel, long first, long frame, int count = 1, int bytes = 4) =>
        new(Batch(channel, first, count, bytes)) { Frame = frame };

    public static DirectItem Direct(string channel, long frame) => new(Word(channel)) { Frame = frame };

    public static DirectMessage Word(string channel) => new() { Channel = channel, Body = "1"u8.ToArray() };

    /// <summary>What was taken, as <c>channel:offset</c>; a direct message has no offset.</summary>
    public static IEnumerable<string> Names(IEnumerable<OutboxItem>? items) => (items ?? []).SelectMany(static item => item switch
    {
        DeliveryBatch batch => batch.Messages.Select(message => $"{batch.Channel.Name}:{message.Offset}"),
        DirectItem direct => [direct.Message.Channel],
        _ => [],
    });
}
