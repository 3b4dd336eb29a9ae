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
            last = await PublishOnceAsync();
        }

        return last;
    }

    /// <summary>As gateways publish: a call to a silo that just died has no answer, and is made again under the same key.</summary>
    private async Task<long> PublishOnceAsync()
    {
        var item = Item("{}") with { Key = Guid.NewGuid() };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await Grain.Publish([item]);
                Assert.Equal(PublishStatus.Stored, result.Status);
                return result.FirstOffset;
            }
            catch (TimeoutException) when (attempt < 3)
            {
            }
        }
    }

    /// <summary>Publishes many messages with one call.</summary>
    public async Task PublishTogetherAsync(int count, int bytes = 2)
    {
        var result = await Grain.Publish([.. Enumerable.Repeat(new PublishItem { Body = new byte[bytes] }, count)]);
        Assert.Equal(PublishStatus.Stored, result.Status);
    }

    public static PublishItem Item(string body) => new() { Body = Encoding.UTF8.GetBytes(body) };
}
