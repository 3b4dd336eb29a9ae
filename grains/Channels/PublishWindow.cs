using Microsoft.Extensions.Options;

namespace Tidings.Grains.Channels;

/// <summary>The keys of what a channel stored of late, each with its offset.</summary>
internal sealed class PublishWindow(IOptions<TidingsLimits> limits)
{
    private readonly Dictionary<Guid, long> _offsets = [];
    private readonly Queue<(Guid Key, long Time)> _order = new();

    /// <summary>The offset of a publish that was stored before.</summary>
    public bool TryFind(Guid key, out long offset) => _offsets.TryGetValue(key, out offset);

    /// <summary>Remembers a publish, and forgets what is too old.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="time">When it was stored, in milliseconds since 1970 UTC.</param>
    public void Add(Guid key, long offset, long time)
    {
        var (most, age) = (limits.Value.PublishKeys, limits.Value.PublishKeyAge);
        while (_order.TryPeek(out var oldest) && (_order.Count >= most || time - oldest.Time > age.TotalMilliseconds))
        {
            _order.Dequeue();
            _offsets.Remove(oldest.Key);
        }

        if (most > 0 && _offsets.TryAdd(key, offset))
        {
            _order.Enqueue((key, time));
        }
    }
}
