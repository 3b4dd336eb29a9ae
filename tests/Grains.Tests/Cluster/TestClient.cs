namespace Tidings.Grains.Cluster;

/// <summary>What reached a session's client, over all gateways.</summary>
internal sealed class TestClient
{
    private readonly Lock _lock = new();
    private readonly List<(string Channel, long Offset)> _messages = [];
    private readonly List<ChannelCursor> _gaps = [];
    private readonly List<DirectMessage> _directs = [];

    public (string Channel, long Offset)[] Messages => Copy(_messages);

    public ChannelCursor[] Gaps => Copy(_gaps);

    public DirectMessage[] Directs => Copy(_directs);

    public SessionEnd? End { get; set; }

    public long[] OffsetsOf(string channel) => [.. Messages.Where(message => message.Channel == channel).Select(message => message.Offset)];

    /// <summary>Waits until a channel's messages came, each once and in order; what follows must be seen by a later call.</summary>
    public async Task GetsExactly(string channel, long first, long last)
    {
        long[] wanted = [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => first + i)];
        await Eventually.Is(() => OffsetsOf(channel).Length >= wanted.Length, () => $"{channel} {first}-{last}, got {Short(OffsetsOf(channel))}");
        Assert.Equal(wanted, OffsetsOf(channel));
    }

    public void Take(ChannelBatch batch) => Add(_messages, batch.Messages.Select(message => (batch.Channel.Name, message.Offset)));

    public void Take(ChannelCursor gap) => Add(_gaps, [gap]);

    public void Take(DirectMessage direct) => Add(_directs, [direct]);

    private static string Short(long[] offsets) => $"{offsets.Length}: {string.Join(' ', offsets.TakeLast(20))}";

    private void Add<T>(List<T> list, IEnumerable<T> items)
    {
        lock (_lock)
        {
            list.AddRange(items);
        }
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_lock)
        {
            return [.. list];
        }
    }
}
