using System.Security.Claims;
using Tidings.Gateway.Authorization;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// A session that this gateway holds: an ordinary object with a short queue of references and a deadline. Whatever takes its
/// messages to the client (a socket, a held poll) is its sink; at most one writes at a time.
/// </summary>
internal sealed class LocalSession(string tenant, string id, TidingsLimits limits)
{
    private static long _lastStay;

    private readonly Lock _lock = new();
    private List<OutboxItem>? _waiting;
    private List<OutboxItem>? _writing;
    private List<OutboxItem>? _dropped;
    private TaskCompletionSource? _written;
    private int _messages;
    private long _bytes;
    private long _lagFrame;
    private Dictionary<string, long>? _caughtUp;
    private SessionHandover? _handover;
    private List<ChannelCursor>? _gaps;

    public string Tenant => tenant;

    /// <summary>The public id.</summary>
    public string Id => id;

    public string GrainKey => SessionId.ToKey(tenant, id);

    public LocalState State { get; private set; }

    /// <summary>What is fixed for its life; null until attached.</summary>
    public SessionDescription? Description { get; set; }

    /// <summary>Whose it is, as known by now.</summary>
    public ClaimsPrincipal? User { get; set; }

    /// <summary>What its messages are checked against, each channel; null where all may be seen.</summary>
    public ChannelGrants? Grants { get; set; }

    /// <summary>The number of its stay here: frames of an earlier one may still be on their way.</summary>
    public long Stay { get; private set; } = NextStay();

    /// <summary>The silo whose frames are for it.</summary>
    public SiloReceiver? Receiver { get; set; }

    /// <summary>The groups it joined; guarded by the receiver.</summary>
    public List<SubscriptionGroup> Groups { get; } = new(1);

    /// <summary>What takes its messages to the client now; null between polls.</summary>
    public ISessionSink? Sink { get; set; }

    /// <summary>What its protocol keeps with it.</summary>
    public IProtocolSession? Protocol { get; set; }

    /// <summary>When it ends unless its client asks for deliveries again; null while a connect is under way.</summary>
    public DateTimeOffset? Deadline { get; set; }

    /// <summary>Why it ended; null while it has not.</summary>
    public SessionEnd? EndedBy { get; set; }

    /// <summary>When its client last asked for deliveries here.</summary>
    public DateTimeOffset LastConnect { get; set; }

    /// <summary>Whether its client has asked for deliveries, here or elsewhere.</summary>
    public bool Started { get; set; }

    /// <summary>Whether its silo fell silent, so that it must be attached again.</summary>
    public bool IsOrphan { get; set; }

    /// <summary>Whether only a first part of what it missed is on its way, so that it must be attached again when that is delivered.</summary>
    public bool IsPartial { get; set; }

    /// <summary>The attaching under way, which everyone who needs the session attached awaits.</summary>
    public Task<bool>? Attaching { get; set; }

    /// <summary>Marks the delivery it was last given, to give it one copy where several of its subscriptions match.</summary>
    public object? LastGiven { get; set; }

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
                return _writing is { Count: > 0 } ? _writing[0].Frame
                    : _waiting is { Count: > 0 } ? _waiting[0].Frame
                    : State == LocalState.Lagging ? _lagFrame
                    : null;
            }
        }
    }

    /// <summary>Queues an item and tells the sink. A full window (<see cref="TidingsLimits.PendingMessagesPerSession"/>) makes the session lag.</summary>
    /// <returns>False when the window is full.</returns>
    public bool Enqueue(OutboxItem item)
    {
        lock (_lock)
        {
            if (State is LocalState.Lagging or LocalState.Parked or LocalState.Gone)
            {
                NotCaughtUp(item);
                return true;
            }

            if (_messages + item.Count > limits.PendingMessagesPerSession || _bytes + item.Bytes > limits.PendingBytesPerSession)
            {
                if (_messages > 0)
                {
                    NotCaughtUp(item);
                    Lag(item.Frame);
                    return false;
                }
            }

            (_waiting ??= OutboxLists.Get()).Add(item);
            _messages += item.Count;
            _bytes += item.Bytes;
        }

        Sink?.Wake(this, item);
        return true;
    }

    /// <summary>Takes everything that waits, for writing. Null when nothing waits or a write is under way.</summary>
    public List<OutboxItem>? TakeForWriting()
    {
        lock (_lock)
        {
            if (_waiting is not { Count: > 0 } || _writing is not null)
            {
                return null;
            }

            (_writing, _waiting) = (_waiting, null);
            return _writing;
        }
    }

    /// <summary>What was taken is written whole.</summary>
    public void Written()
    {
        TaskCompletionSource? written;
        lock (_lock)
        {
            foreach (var item in _writing!)
            {
                _messages -= item.Count;
                _bytes -= item.Bytes;
            }

            OutboxLists.Return(_writing);
            _writing = null;
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
            if (_waiting is { } later)
            {
                _writing!.AddRange(later);
                OutboxLists.Return(later);
            }

            (_waiting, _writing) = (_writing, null);
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

    /// <summary>Attached, and new messages follow by themselves.</summary>
    public void Join()
    {
        lock (_lock)
        {
            if (State == LocalState.Attaching)
            {
                State = LocalState.Live;
                _caughtUp = null;
                _handover = null;
            }
        }
    }

    /// <summary>
    /// The part of missed messages that it was not given yet. Until it joins, only what it was given here moves its cursors, and
    /// two catch-ups may overlap.
    /// </summary>
    public ChannelBatch? CatchUp(ChannelBatch batch)
    {
        lock (_lock)
        {
            _caughtUp ??= new(StringComparer.Ordinal);
            var seen = _caughtUp.GetValueOrDefault(batch.Channel.Name);
            if (batch.Messages[^1].Offset <= seen)
            {
                return null;
            }

            _caughtUp[batch.Channel.Name] = batch.Messages[^1].Offset;
            return batch.Messages[0].Offset > seen
                ? batch
                : new ChannelBatch
                {
                    Channel = batch.Channel,
                    Epoch = batch.Epoch,
                    Messages = [.. batch.Messages.SkipWhile(message => message.Offset <= seen)],
                    Head = batch.Head,
                };
        }
    }

    /// <summary>Notes that the log no longer holds some messages of a channel; its protocol tells its client.</summary>
    public void NoteGap(ChannelCursor gap)
    {
        lock (_lock)
        {
            (_gaps ??= []).RemoveAll(known => known.Channel == gap.Channel);
            _gaps.Add(gap);
        }
    }

    /// <summary>The gaps to tell, each with the first offset after it.</summary>
    public IReadOnlyList<ChannelCursor> TakeGaps()
    {
        lock (_lock)
        {
            var gaps = _gaps;
            _gaps = null;
            return gaps ?? [];
        }
    }

    /// <summary>To be attached again, keeping nothing.</summary>
    public void Reattach()
    {
        lock (_lock)
        {
            State = LocalState.Attaching;
            Stay = NextStay();
        }
    }

    /// <summary>
    /// Gives the session up: no frame is for it any more, what waits is dropped and told as cursors. A write still under way counts as
    /// not delivered.
    /// </summary>
    /// <param name="state">Parked or Gone.</param>
    public SessionHandover GiveUp(LocalState state)
    {
        var receiver = Receiver;
        var frame = receiver?.Remove(this) ?? 0;
        lock (_lock)
        {
            IEnumerable<OutboxItem> undelivered = [.. _dropped ?? [], .. _writing ?? [], .. _waiting ?? []];
            var handover = new SessionHandover
            {
                Link = receiver?.Link ?? 0,
                Frame = State == LocalState.Lagging ? _lagFrame - 1 : frame,
                Cursors = CursorsBefore(undelivered, _caughtUp),
                Directs = [.. undelivered.OfType<DirectItem>().Select(item => item.Message)],
                Started = Started,
            };
            if (_handover is { } untold)
            {
                // Given up before, and it is not known whether that was heard.
                handover = Merge(untold, handover);
            }

            State = state;
            _handover = handover;
            _dropped = null;
            _waiting = null;
            _messages = _writing?.Sum(static item => item.Count) ?? 0;
            _bytes = _writing?.Sum(static item => (long)item.Bytes) ?? 0;
            return handover;
        }
    }

    /// <summary>What was given up is known to the session's grain.</summary>
    public void HandoverTold()
    {
        lock (_lock)
        {
            _handover = null;
        }
    }

    private static SessionHandover Merge(SessionHandover untold, SessionHandover later) => untold with
    {
        Cursors = [.. untold.Cursors.Where(old => !Array.Exists(later.Cursors, cursor => cursor.Channel == old.Channel)), .. later.Cursors],
        Directs = [.. untold.Directs, .. later.Directs],
        Started = untold.Started || later.Started,
    };

    private static long NextStay() => Interlocked.Increment(ref _lastStay);

    /// <summary>An item was not taken in: the session has not caught up with it.</summary>
    private void NotCaughtUp(OutboxItem item)
    {
        if (item is DeliveryBatch batch && _caughtUp is { } caughtUp && caughtUp.GetValueOrDefault(batch.Channel.Name) >= batch.FirstOffset)
        {
            caughtUp[batch.Channel.Name] = batch.FirstOffset - 1;
        }
    }

    private void Lag(long frame)
    {
        State = LocalState.Lagging;
        _lagFrame = frame;
        _dropped = _waiting;
        _waiting = null;
    }

    private static ChannelCursor[] CursorsBefore(IEnumerable<OutboxItem> undelivered, Dictionary<string, long>? caughtUp)
    {
        var cursors = caughtUp is null ? new Dictionary<string, long>(StringComparer.Ordinal) : new(caughtUp, StringComparer.Ordinal);
        foreach (var batch in undelivered.OfType<DeliveryBatch>().Reverse())
        {
            cursors[batch.Channel.Name] = batch.FirstOffset - 1;
        }

        return [.. cursors.Select(cursor => new ChannelCursor(cursor.Key, cursor.Value))];
    }
}
