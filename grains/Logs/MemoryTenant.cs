namespace Tidings.Grains.Logs;

/// <summary>
/// A tenant's sequence and its channels in order of their last change: a linked list through the channels themselves,
/// so that an append moves its channel to the end without searching or allocating.
/// </summary>
internal sealed class MemoryTenant(TimeProvider time)
{
    private readonly Lock _lock = new();
    private MemoryChannel? _newest;
    private long _sequence;
    private int _channels;

    /// <summary>The last number given.</summary>
    public long Sequence
    {
        get
        {
            lock (_lock)
                return _sequence;
        }
    }

    /// <summary>
    /// Gives the channel the next number of the sequence. Called under the channel's own lock, never the other way round.
    /// </summary>
    public void Touch(MemoryChannel channel)
    {
        lock (_lock)
        {
            channel.Sequence = _sequence = Math.Max(Now(), _sequence + 1);
            if (channel != _newest)
                MoveToEnd(channel);
        }
    }

    /// <summary>Counts another channel, if the tenant may have it. Called under the channel's own lock, never the other way round.</summary>
    public bool TryEnter(int most)
    {
        lock (_lock)
        {
            if (_channels >= most)
                return false;

            _channels++;
            return true;
        }
    }

    /// <summary>Takes a channel out of the list. Called under the channel's own lock, never the other way round.</summary>
    public void Forget(MemoryChannel channel, bool isCounted)
    {
        lock (_lock)
        {
            _channels -= isCounted ? 1 : 0;
            if (channel == _newest)
                _newest = channel.Older;

            Unlink(channel);
            (channel.Older, channel.Newer) = (null, null);
        }
    }

    /// <summary>The channels that changed after a point of the sequence, oldest change first.</summary>
    public ChangedChannels ReadChanged(long after, int limit)
    {
        lock (_lock)
        {
            // A point that was never reached belongs to a log that is gone: everything may have changed since.
            var known = after > Math.Max(Now(), _sequence) ? 0 : after;
            var (first, count) = FirstAfter(known);
            var names = new string[Math.Min(count, limit)];
            var last = known;
            for (var i = 0; i < names.Length; i++, first = first!.Newer)
                (names[i], last) = (first!.Id.Name, first.Sequence);

            return new ChangedChannels(count > limit ? last : _sequence, names);
        }
    }

    private long Now() => LogSequence.At(time.GetUtcNow());

    private (MemoryChannel? First, int Count) FirstAfter(long sequence)
    {
        MemoryChannel? first = null;
        var count = 0;
        for (var channel = _newest; channel is not null && channel.Sequence > sequence; channel = channel.Older, count++)
            first = channel;

        return (first, count);
    }

    private void MoveToEnd(MemoryChannel channel)
    {
        Unlink(channel);
        (channel.Older, channel.Newer) = (_newest, null);
        if (_newest is not null)
            _newest.Newer = channel;

        _newest = channel;
    }

    private static void Unlink(MemoryChannel channel)
    {
        if (channel.Older is not null)
            channel.Older.Newer = channel.Newer;
        if (channel.Newer is not null)
            channel.Newer.Older = channel.Older;
    }
}
