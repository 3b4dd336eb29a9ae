using Tidings.Gateway.Authorization;

namespace Tidings.Gateway.Sessions;

/// <content>The window: a short queue of references to what waits for the client.</content>
internal sealed partial class LocalSession
{
    private List<OutboxItem>? _waiting;
    private List<OutboxItem>? _writing;
    private List<OutboxItem>? _dropped;
    private TaskCompletionSource? _written;
    private int _messages;
    private long _bytes;
    private long _lagFrame;

    // By which grants what waits was last looked through.
    private ChannelGrants? _soughtBy;

    /// <summary>Messages that wait for the client, or for its acknowledgement. Read without the lock: a number to show.</summary>
    public int PendingMessages => Volatile.Read(ref _messages);

    /// <summary>The bytes they are counted with.</summary>
    public long PendingBytes => Volatile.Read(ref _bytes);

    public bool HasPending
    {
        get
        {
            lock (_lock)
            {
                return _waiting is { Count: > 0 };
            }
        }
    }

    /// <summary>Whether something waits that must not be delayed.</summary>
    public bool HasUrgent(Func<OutboxItem, TimeSpan> lazinessOf)
    {
        lock (_lock)
        {
            return _waiting is not null && _waiting.Exists(item => lazinessOf(item) == TimeSpan.Zero);
        }
    }

    /// <summary>The shortest time that what waits may be delayed.</summary>
    public TimeSpan ShortestWait(Func<OutboxItem, TimeSpan> lazinessOf)
    {
        lock (_lock)
        {
            return _waiting is { Count: > 0 } ? _waiting.Min(lazinessOf) : TimeSpan.Zero;
        }
    }

    /// <summary>The oldest frame whose messages are not delivered; null when none waits.</summary>
    public long? FirstUndelivered
    {
        get
        {
            lock (_lock)
            {
                return FirstUnacknowledged ?? FirstFrameOf(_writing) ?? FirstFrameOf(_waiting)
                    ?? (FirstFrameOf(_dropped) is { } dropped ? Math.Min(dropped, _lagFrame)
                    : State == LocalState.Lagging ? _lagFrame
                    : null);
            }
        }
    }

    private long? FirstUnacknowledged
    {
        get
        {
            if (_unacknowledged is not null)
            {
                foreach (var (_, items) in _unacknowledged)
                {
                    if (FirstFrameOf(items) is { } frame)
                    {
                        return frame;
                    }
                }
            }

            return null;
        }
    }

    /// <summary>What no frame brought, as a message given with the handshake, holds no frame up.</summary>
    private static long? FirstFrameOf(List<OutboxItem>? items) => items?.Find(static item => item.Frame > 0)?.Frame;

    /// <summary>Queues messages of a channel and tells the sink. A full window (<see cref="TidingsLimits.PendingMessagesPerSession"/>) makes the session lag, unless
    /// its channels' policy makes room.</summary>
    /// <returns>False when the session lags from now on.</returns>
    public bool Enqueue(DeliveryBatch item)
    {
        lock (_lock)
        {
            if (State is LocalState.Lagging or LocalState.Leaving or LocalState.Parked or LocalState.Gone)
            {
                NotCaughtUp(item);
                return true;
            }

            if (WithoutAcknowledged(item) is not DeliveryBatch fresh)
            {
                return true;
            }

            item = fresh;
            if (!Fits(item) && _messages > 0)
            {
                if (MakeRoom(item) is not { } kept)
                {
                    NotCaughtUp(item);
                    Lag(item.Frame);
                    return false;
                }

                item = kept;
            }

            (_waiting ??= OutboxLists.Get()).Add(item);
            Count(item);
        }

        Sink?.Wake(this, item);
        return true;
    }

    /// <summary>Takes what waits, for writing. Null when nothing waits or a write is under way.</summary>
    /// <param name="mostItems">How much is taken at most; without it, everything.</param>
    public List<OutboxItem>? TakeForWriting(int mostItems = int.MaxValue)
    {
        lock (_lock)
        {
            DropHidden();
            if (_waiting is not { Count: > 0 } || _writing is not null || State is LocalState.Leaving or LocalState.Parked or LocalState.Gone)
            {
                return null;
            }

            if (mostItems >= _waiting.Count)
            {
                (_writing, _waiting) = (_waiting, null);
                return _writing;
            }

            _writing = OutboxLists.Get();
            _writing.AddRange(_waiting[..mostItems]);
            _waiting.RemoveRange(0, mostItems);
            return _writing;
        }
    }

    /// <summary>Takes the next item that waits, too, in the write under way. Null when nothing waits.</summary>
    public OutboxItem? TakeMoreForWriting()
    {
        lock (_lock)
        {
            DropHidden();
            if (_waiting is not { Count: > 0 } || _writing is null || State is LocalState.Leaving or LocalState.Parked or LocalState.Gone)
            {
                return null;
            }

            var next = _waiting[0];
            _waiting.RemoveAt(0);
            _writing.Add(next);
            if (_waiting.Count == 0)
            {
                OutboxLists.Return(_waiting);
                _waiting = null;
            }

            return next;
        }
    }

    /// <summary>What was taken is written whole.</summary>
    public void Written()
    {
        TaskCompletionSource? written;
        lock (_lock)
        {
            if (!KeepWritten())
            {
                Forget(_writing!);
            }

            (_writing, _telling) = (null, null);
            written = _written;
            _written = null;
        }

        written?.SetResult();
    }

    /// <summary>What was taken could not be written: it waits again, before everything else.</summary>
    public void NotWritten()
    {
        TaskCompletionSource? written;
        lock (_lock)
        {
            _batchUnderWay = 0;
            WaitAgain(_writing!);
            TellAgain();
            _writing = null;
            written = _written;
            _written = null;
        }

        written?.SetResult();
    }

    /// <summary>Completes when no write is under way.</summary>
    public Task WhenWritten()
    {
        lock (_lock)
        {
            return _writing is null
                ? Task.CompletedTask
                : (_written ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Drops what waits of some channels: it will come again.</summary>
    private void Drop(string[] channels)
    {
        lock (_lock)
        {
            foreach (var item in (_waiting ?? []).OfType<DeliveryBatch>().Where(item => channels.Contains(item.Channel.Name)).ToList())
            {
                _waiting!.Remove(item);
                Count(item, -1);
            }
        }
    }

    /// <summary>
    /// Drops what waits of channels that may not be seen any more: rights go while messages wait, for the next poll, a slow reader or to be given
    /// again. Costs nothing while they stay.
    /// </summary>
    private void DropHidden()
    {
        var grants = Grants;
        if (ReferenceEquals(_soughtBy, grants))
        {
            return;
        }

        _soughtBy = grants;
        if (grants is null || _waiting is not { } waiting)
        {
            return;
        }

        waiting.RemoveAll(item =>
        {
            var isHidden = item is DeliveryBatch batch && !grants.MaySee(batch.Channel.Name);
            if (isHidden)
            {
                Count(item, -1);
            }

            return isHidden;
        });
        if (waiting.Count == 0)
        {
            OutboxLists.Return(waiting);
            _waiting = null;
        }
    }

    /// <summary>Items wait again, before everything else. They may have been let in long ago.</summary>
    private void WaitAgain(List<OutboxItem> items)
    {
        _soughtBy = null;
        if (_waiting is { } later)
        {
            items.AddRange(later);
            OutboxLists.Return(later);
        }

        _waiting = items;
    }

    /// <summary>Items are done with.</summary>
    private void Forget(List<OutboxItem> items)
    {
        foreach (var item in items)
        {
            Count(item, -1);
        }

        OutboxLists.Return(items);
    }

    /// <summary>An item was not taken in: the session has not caught up with it.</summary>
    private void NotCaughtUp(DeliveryBatch batch)
    {
        if (_caughtUp is { } caughtUp && caughtUp.GetValueOrDefault(batch.Channel.Name) >= batch.FirstOffset)
        {
            caughtUp[batch.Channel.Name] = batch.FirstOffset - 1;
        }
    }

    private void Lag(long frame)
    {
        State = LocalState.Lagging;
        IsAttached = false;
        _lagFrame = frame;
        _dropped = _waiting;
        _waiting = null;
    }
}
