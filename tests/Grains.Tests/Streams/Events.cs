namespace Tidings.Grains.Streams;

/// <summary>Events and batches of given sizes.</summary>
internal static class Events
{
    /// <summary>An event with one batch for each size.</summary>
    public static FanoutEvent Of(params int[] sizes) => new(Array.ConvertAll(sizes, Batch));

    /// <summary>A batch of one message with a body of so many bytes.</summary>
    public static ChannelBatch Batch(int size) => new()
    {
        Channel = new ChannelId(ChannelId.DefaultTenant, "/a"),
        Epoch = 1,
        Messages = [new Message { Offset = 1, Time = 0, Item = new PublishItem { Body = new byte[size] } }],
        Head = 1,
    };
}
