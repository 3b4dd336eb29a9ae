using System.Collections.Immutable;

namespace Tidings.Grains.Logs;

/// <summary>The log of one channel in memory: its ring, its head, who may write, and which silos want its messages.</summary>
internal sealed class MemoryChannel(ChannelId id, MemoryTenant tenant)
{
    /// <summary>A message's objects and its place in the ring, without what <see cref="Message.Size"/> counts.</summary>
    private const int MessageCost = 200;

    private readonly Lock _lock = new();
    private readonly MessageRing _ring = new();
    private ImmutableHashSet<string> _silos = [];
    private ChannelHead _head;
    private long _writer;
    private long _lastUse;
    private bool _isForgotten;
    private bool _isRefused;

    /// <summary>Which channel this is.</summary>
    public ChannelId Id => id;

    /// <summary>The tenant's sequence at the last change; 0 before the first. Guarded by the tenant, as are the two links.</summary>
    public long Sequence { get; set; }

    /// <summary>The channel that changed just before this one.</summary>
    public MemoryChannel? Older { get; set; }

    /// <summary>The channel that changed just after this one.</summary>
    public MemoryChannel? Newer { get; set; }

    /// <summary>Whether its tenant had too many channels when it was first claimed. Such a one is of no use, and to be forgotten.</summary>
    public bool IsRefused
    {
        get
        {
            lock (_lock)
                return _isRefused;
        }
    }

    /// <summary>Fences earlier writers and gives the channel its epoch when it has none. Null when the channel was forgotten or refused.</summary>
    public LogClaim? TryClaim(long epoch, long now, int mostChannels)
    {
        lock (_lock)
        {
            if (_head.Epoch == 0 && !_isForgotten)
                _isForgotten = _isRefused = !tenant.TryEnter(mostChannels);

            if (_isForgotten)
                return null;

            if (_head.Epoch == 0)
                _head = new ChannelHead(epoch, 0);

            _lastUse = now;
            return new LogClaim(id, ++_writer, _head, _silos);
        }
    }

    /// <summary>Stores the messages if the claim is the latest and stands at the head.</summary>
    public bool TryAppend(LogClaim claim, IReadOnlyList<Message> messages, TidingsLimits limits, long oldestTime)
    {
        lock (_lock)
        {
            if (_isForgotten || claim.Writer != _writer || claim.Head != _head)
                return false;

            for (var i = 0; i < messages.Count; i++)
                _ring.Add(messages[i], limits.LogMessages, limits.LogBytes);

            _ring.DropOlderThan(oldestTime);
            _head = _head with { Offset = _head.Offset + messages.Count };
            _lastUse = Math.Max(_lastUse, messages[^1].Time);
            tenant.Touch(this);
            return true;
        }
    }

    /// <summary>Reads consecutive messages after an offset.</summary>
    public LogRead Read(long after, int limit, long maxBytes)
    {
        lock (_lock)
        {
            var first = _head.Offset - _ring.Count + 1;
            var index = Math.Max(0, after - first + 1);
            return new LogRead(_head, first, index < _ring.Count ? _ring.Copy((int)index, limit, maxBytes) : []);
        }
    }

    /// <summary>
    /// The place that a point of the tenant's sequence names. Messages are known by their time in milliseconds, so those of the point's own
    /// millisecond count as later.
    /// </summary>
    public LogPlace Find(long sequence)
    {
        const int MicrosPerMilli = 1000;
        lock (_lock)
        {
            var offset = _head.Offset;
            for (var i = _ring.Count - 1; i >= 0 && (_ring[i].Time + 1) * MicrosPerMilli > sequence; i--)
                offset = _ring[i].Offset - 1;

            return new LogPlace(_head, offset);
        }
    }

    /// <summary>The bytes of its messages.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _ring.Bytes;
            }
        }
    }

    /// <summary>What its messages cost, as <see cref="CostOf"/> counts.</summary>
    public long Cost
    {
        get
        {
            lock (_lock)
                return CostOf(_ring.Bytes, _ring.Count);
        }
    }

    /// <summary>What messages cost: their payload, and the objects around it.</summary>
    /// <param name="bytes">Payload.</param>
    /// <param name="messages">How many messages.</param>
    public static long CostOf(long bytes, int messages) => bytes + ((long)messages * MessageCost);

    /// <summary>Forgets the messages; the head stays.</summary>
    /// <returns>What they cost.</returns>
    public long Clear()
    {
        lock (_lock)
        {
            var cost = CostOf(_ring.Bytes, _ring.Count);
            _ring.Clear();
            return cost;
        }
    }

    /// <summary>Notes whether a silo wants this channel's messages. False when the channel was forgotten.</summary>
    public bool TrySetInterest(string silo, bool interested, long now)
    {
        lock (_lock)
        {
            if (_isForgotten)
                return false;

            _lastUse = now;
            _silos = interested ? _silos.Add(silo) : _silos.Remove(silo);
            return true;
        }
    }

    /// <summary>Ends the channel if it holds nothing, no silo wants it, and it was last used before a time.</summary>
    public bool TryForget(long oldestUse)
    {
        lock (_lock)
        {
            if (_ring.Count > 0 || !_silos.IsEmpty || _lastUse >= oldestUse)
                return false;

            _isForgotten = true;
            tenant.Forget(this, isCounted: _head.Epoch != 0);
            return true;
        }
    }

    /// <summary>Drops messages older than a time in milliseconds since 1970 UTC.</summary>
    public void Trim(long oldestTime)
    {
        lock (_lock)
            _ring.DropOlderThan(oldestTime);
    }
}
