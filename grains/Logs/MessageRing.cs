namespace Tidings.Grains.Logs;

/// <summary>
/// The newest messages of one channel, oldest first. It starts empty, doubles as it fills and is given back when emptied,
/// so that a million quiet channels cost next to nothing. Not thread safe.
/// </summary>
internal sealed class MessageRing
{
    private const int SmallestSize = 4;

    private Message[] _slots = [];
    private int _start;

    /// <summary>Messages held.</summary>
    public int Count { get; private set; }

    /// <summary>Sum of <see cref="Message.Size"/> of the messages held.</summary>
    public long Bytes { get; private set; }

    /// <summary>A message by its place: 0 is the oldest.</summary>
    public Message this[int index] => _slots[Slot(index)];

    /// <summary>
    /// Adds a message and drops the oldest ones beyond <paramref name="maxCount"/> or <paramref name="maxBytes"/>, never the
    /// added one.
    /// </summary>
    public void Add(Message message, int maxCount, long maxBytes)
    {
        while (Count > 0 && (Count >= maxCount || Bytes + message.Size > maxBytes))
            DropOldest();

        if (Count == _slots.Length)
            Grow(maxCount);

        _slots[Slot(Count)] = message;
        Count++;
        Bytes += message.Size;
    }

    /// <summary>Drops messages from the front that are older than a time in milliseconds since 1970 UTC.</summary>
    public void DropOlderThan(long time)
    {
        while (Count > 0 && _slots[_start].Time < time)
            DropOldest();

        if (Count == 0)
            (_slots, _start) = ([], 0);
    }

    /// <summary>Copies out up to <paramref name="limit"/> messages from a place on, ending after <paramref name="maxBytes"/>.</summary>
    public Message[] Copy(int index, int limit, long maxBytes)
    {
        var count = 0;
        for (var bytes = 0L; count < Math.Min(limit, Count - index) && bytes < maxBytes; count++)
            bytes += this[index + count].Size;

        return Copy(index, count);
    }

    /// <summary>Forgets all messages.</summary>
    public void Clear()
    {
        (_slots, _start, Count, Bytes) = ([], 0, 0, 0);
    }

    /// <summary>Copies out up to <paramref name="limit"/> messages from a place on.</summary>
    public Message[] Copy(int index, int limit)
    {
        var copy = new Message[Math.Min(limit, Count - index)];
        var start = Slot(index);
        var head = Math.Min(copy.Length, _slots.Length - start);
        Array.Copy(_slots, start, copy, 0, head);
        Array.Copy(_slots, 0, copy, head, copy.Length - head);
        return copy;
    }

    private void DropOldest()
    {
        Bytes -= _slots[_start].Size;
        _slots[_start] = null!;
        _start = Slot(1);
        Count--;
    }

    private void Grow(int maxCount)
    {
        var size = (int)Math.Min(maxCount, Math.Max(SmallestSize, _slots.Length * 2L));
        var slots = new Message[size];
        if (Count > 0)
            Copy(0, Count).CopyTo(slots, 0);

        (_slots, _start) = (slots, 0);
    }

    private int Slot(int index)
    {
        var slot = _start + index;
        return slot < _slots.Length ? slot : slot - _slots.Length;
    }
}
