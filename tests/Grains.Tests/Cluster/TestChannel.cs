using System.Text;

namespace Tidings.Grains.Cluster;

/// <summary>A channel as publishers see it.</summary>
internal sealed class TestChannel(IClusterClient client, ChannelId id)
{
    public ChannelId Id => id;

    public IChannelGrain Grain { get; } = client.GetGrain<IChannelGrain>(id.ToKey());

    /// <summary>Publishes as many messages as asked for, one call each, and gives the last one's offset.</summary>
    public async Task<long> PublishAsync(int count = 1)
    {
        var last = 0L;
        for (var i = 0; i < count; i++)
        {
            var result = await Grain.Publish([Item("{}")]);
            Assert.Equal(PublishStatus.Stored, result.Status);
            last = result.FirstOffset;
        }

        return last;
    }

    /// <summary>Publishes many messages with one call.</summary>
    public async Task PublishTogetherAsync(int count, int bytes = 2)
    {
        var result = await Grain.Publish([.. Enumerable.Repeat(new PublishItem { Body = new byte[bytes] }, count)]);
        Assert.Equal(PublishStatus.Stored, result.Status);
    }

    public static PublishItem Item(string body) => new() { Body = Encoding.UTF8.GetBytes(body) };
}
