using System.Collections.Concurrent;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// References to the channels published to of late. Orleans makes one anew at each request, which costs as much as the call that it is made
/// for: it looks the interface up by its name, and the copiers of the call's arguments.
/// </summary>
internal sealed class ChannelGrains(IClusterClient cluster)
{
    private const int MostKept = 10_000;
    private readonly ConcurrentDictionary<ChannelId, IChannelGrain> _kept = new();

    public IChannelGrain Of(ChannelId channel)
    {
        if (_kept.TryGetValue(channel, out var known))
        {
            return known;
        }

        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        return _kept[channel] = cluster.GetGrain<IChannelGrain>(channel.ToKey());
    }
}
