using System.Collections.Concurrent;

namespace Tidings.Gateway.Authorization;

/// <summary>Whether channels ever had a message. A channel that had one is remembered, a bounded number of them.</summary>
internal sealed class ChannelExistence(IClusterClient cluster)
{
    private const int MaxKnown = 10_000;
    private readonly ConcurrentDictionary<ChannelId, bool> _known = new();

    public ValueTask<bool> ExistsAsync(ChannelId channel) => _known.ContainsKey(channel) ? ValueTask.FromResult(true) : AskAsync(channel);

    private async ValueTask<bool> AskAsync(ChannelId channel)
    {
        var read = await cluster.GetGrain<IChannelGrain>(channel.ToKey()).Read(long.MaxValue - 1, 1);
        if (read.Head.Offset == 0)
        {
            return false;
        }

        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        return _known[channel] = true;
    }
}
