using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Tests.Sessions.Models;

/// <summary>
/// A client that counts: of each channel it must get every message once, in order. Of channels whose messages may be dropped it may miss some, and must
/// be told.
/// </summary>
internal sealed class ModelClient(bool mayMiss)
{
    private readonly Dictionary<string, long> _untold = new(StringComparer.Ordinal);

    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

    private readonly Dictionary<string, long> _last = ModelSilo.Channels.ToDictionary(static channel => channel, static _ => 0L);

    /// <summary>The last batch that it got.</summary>
    public long Batch { get; private set; }

    /// <summary>Channels of which it missed messages that it was not told of.</summary>
    public IEnumerable<string> Untold => _untold.Keys;

    /// <summary>It is told of gaps: some of what was before them does not come any more. They may be told before what is left of that comes.</summary>
    public void Hear(IEnumerable<ChannelCursor> gaps)
    {
        foreach (var gap in gaps)
        {
            _told[gap.Channel] = Math.Max(_told.GetValueOrDefault(gap.Channel), gap.Offset);
            if (_told[gap.Channel] >= _untold.GetValueOrDefault(gap.Channel))
            {
                _untold.Remove(gap.Channel);
            }
        }
    }

    /// <summary>The last message that it got.</summary>
    public long LastOf(string channel) => _last[channel];

    /// <summary>The last message that it got, or was told that it will not get.</summary>
    public long PlaceOf(string channel) => Math.Max(_last[channel], _told.GetValueOrDefault(channel) - 1);

    public void Get(IEnumerable<OutboxItem> items, long? batch)
    {
        Batch = batch ?? 0;
        foreach (var delivery in items.Cast<DeliveryBatch>())
        {
            foreach (var message in delivery.Messages)
            {
                Get(delivery.Channel.Name, message.Offset);
            }
        }
    }

    private void Get(string channel, long offset)
    {
        var next = _last[channel] + 1;
        Assert.True(mayMiss ? offset >= next : offset == next, $"{channel}: {offset} came where {next} was due.");
        if (offset > next && _told.GetValueOrDefault(channel) < offset)
        {
            _untold[channel] = offset;
        }

        _last[channel] = offset;
    }
}
