namespace Tidings.Gateway.Sessions;

/// <content>
/// Messages for the session alone. No log has them, so they wait beside the window: what fills that, or lets it go, costs none of them. They have
/// a bound of their own (<see cref="TidingsLimits.DirectMessagesPerSession"/>, and as many bytes as a window).
/// </content>
internal sealed partial class LocalSession
{
    private int _directs;
    private long _directBytes;

    /// <summary>Queues a message for it alone and tells the sink. One that lags keeps it until it is attached again.</summary>
    /// <returns>How many were dropped for want of room, the oldest first; null when the session has left, and did not take it.</returns>
    public int? Enqueue(DirectItem item)
    {
        int dropped;
        lock (_lock)
        {
            if (State is LocalState.Leaving or LocalState.Parked or LocalState.Gone)
            {
                return null;
            }

            if (WithoutAcknowledged(item) is null)
            {
                return 0;
            }

            dropped = MakeRoomForDirect(item);
            if (!FitsAsDirect(item))
            {
                // What is being written or waits to be acknowledged cannot go any more.
                return dropped + 1;
            }

            if (State == LocalState.Lagging)
            {
                (_dropped ??= OutboxLists.Get()).Add(item);
                Count(item);
                return dropped;
            }

            (_waiting ??= OutboxLists.Get()).Add(item);
            Count(item);
        }

        Sink?.Wake(this, item);
        return dropped;
    }

    /// <summary>A message larger than the bound is taken while it is the only one: nothing else would ever let it in.</summary>
    private bool FitsAsDirect(DirectItem item) =>
        _directs == 0 || (_directs < limits.Value.DirectMessagesPerSession && _directBytes + item.Bytes <= limits.Value.PendingBytesPerSession);

    /// <summary>Drops the oldest that wait, as far as must be.</summary>
    private int MakeRoomForDirect(DirectItem item)
    {
        var dropped = 0;
        var waiting = State == LocalState.Lagging ? _dropped : _waiting;
        while (!FitsAsDirect(item) && waiting?.FindIndex(static other => other is DirectItem) is >= 0 and var oldest)
        {
            Count(waiting[oldest], -1);
            waiting.RemoveAt(oldest);
            dropped++;
        }

        return dropped;
    }

    /// <summary>Counts an item as held, or as held no more.</summary>
    private void Count(OutboxItem item, int sign = 1)
    {
        if (item is DirectItem)
        {
            _directs += sign;
            _directBytes += sign * item.Bytes;
            return;
        }

        _messages += sign * item.Count;
        _bytes += sign * (long)item.Bytes;
    }
}
