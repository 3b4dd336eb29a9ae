namespace Tidings.Gateway.Sessions;

/// <content>Coming and going: attaching, joining, and giving the session up.</content>
internal sealed partial class LocalSession
{
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(4);

    private static long _lastStay;

    private Dictionary<string, long>? _caughtUp;
    private SessionHandover? _handover;
    private SessionHandover? _heard;
    private (long Link, long Frame) _leftAt;
    private ChannelCursor[]? _places;
    private Task _turn = Task.CompletedTask;
    private string[] _restarted = [];
    private bool _released;
    private bool _answered;
    private bool _joined;
    private DateTimeOffset? _waitsSince;

    /// <summary>Whether it came to stay, with all that it missed: nothing needs to be asked of its silo.</summary>
    public bool IsAttached { get; private set; }

    /// <summary>Whether a move of it is under way.</summary>
    public bool IsMoving => !_turn.IsCompleted;

    /// <summary>Runs its moves one after another, as attaching and parking must not cross.</summary>
    public Task<T> InTurn<T>(Func<Task<T>> move)
    {
        lock (_lock)
        {
            var turn = RunAfter(_turn, move);
            _turn = turn;
            return turn;
        }
    }

    /// <summary>Begins a new stay: its silo is about to be asked to attach it. False when it is gone.</summary>
    public bool BeginStay()
    {
        lock (_lock)
        {
            if (_released || State == LocalState.Gone)
            {
                return false;
            }

            State = LocalState.Attaching;
            (_answered, _joined) = (false, false);

            // Its silo was told as cursors.
            _acknowledged = null;
            _restarted = [];
            _waitsSince = null;
            Stay = NextStay();
            IsOrphan = false;
            return true;
        }
    }

    /// <summary>Another gateway takes it: no further stay begins here. False when a later stay than that has begun.</summary>
    public bool BeginRelease(long stay)
    {
        lock (_lock)
        {
            _released = Stay == stay;
            return _released;
        }
    }

    /// <summary>
    /// Its silo attached it, and knows what was given up before. While silos do not agree who is one of them, that may be another silo than the one
    /// whose messages come in the end, which must hear the same; so it is kept until they come.
    /// </summary>
    public void Attached(AttachResult result)
    {
        lock (_lock)
        {
            _heard = _handover is { } told ? told with { Directs = [] } : _heard;
            _handover = null;
            _answered = true;
            IsPartial = !result.Live;
            IsAttached = result.Live && !IsOrphan && State is (LocalState.Attaching or LocalState.Live);
            Started |= result.Started;
            Description = result.Description;
            _batches = result.Batches ?? _batches;
            foreach (var gap in result.Gaps ?? [])
            {
                NoteGap(gap);
            }
        }
    }

    /// <summary>Attached, and new messages follow by themselves.</summary>
    public void Join()
    {
        lock (_lock)
        {
            _joined = true;
            _heard = null;
            _caughtUp = State == LocalState.Live ? null : _caughtUp;
            if (State == LocalState.Attaching)
            {
                State = LocalState.Live;
                IsAttached = Description is not null;
                _caughtUp = null;
                _handover = null;
            }
        }
    }

    /// <summary>
    /// Whether its silo said long ago that messages would come by themselves, and nothing came: a silo may die between its word and the frame, and
    /// its link with it, before the session is known to belong there. Asked at every scan.
    /// </summary>
    public bool IsForsaken(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (State != LocalState.Attaching || !IsAttached)
            {
                _waitsSince = null;
                return false;
            }

            _waitsSince ??= now;
            return now - _waitsSince > JoinPatience;
        }
    }

    /// <summary>Its silo fell silent: it must be attached again.</summary>
    public void Orphan()
    {
        lock (_lock)
        {
            IsOrphan = true;
            IsAttached = false;
        }
    }

    /// <summary>
    /// Its client named places in some channels anew: what waits of them is dropped, and its silo alone knows where it stands in them. It is to be
    /// attached anew. Nothing happens in a later stay, which has begun at these places.
    /// </summary>
    public void Restart(string[] channels, long stay)
    {
        lock (_lock)
        {
            if (Stay != stay || State is LocalState.Parked or LocalState.Gone)
            {
                return;
            }

            Drop(channels);
            Array.ForEach(channels, channel => _acknowledged?.Remove(channel));
            _restarted = [.. _restarted.Except(channels), .. channels];
            Orphan();
        }

        BeginLeaving();
    }

    /// <summary>
    /// The part of missed messages that it was not given yet. Until it joins, only what it was given here moves its cursors, and
    /// two catch-ups may overlap.
    /// </summary>
    public ChannelBatch? CatchUp(ChannelBatch batch)
    {
        lock (_lock)
        {
            _waitsSince = null;
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

    /// <summary>Whether frames of a receiver are for it, which its lock then keeps so; not if it has left, or came back for another stay.</summary>
    public bool Takes(SiloReceiver receiver, long stay)
    {
        lock (_lock)
        {
            if (Stay != stay || State is LocalState.Leaving or LocalState.Parked or LocalState.Gone)
            {
                return false;
            }

            Receiver = receiver;
            return true;
        }
    }

    /// <summary>From here on no frame is for it and nothing more is written; a write under way goes on.</summary>
    /// <param name="unlessBound">Leave only if nothing takes its messages to the client.</param>
    /// <returns>False when it stays, or has left before.</returns>
    public bool BeginLeaving(bool unlessBound = false)
    {
        while (true)
        {
            // The receiver's lock comes before the session's.
            if (Receiver is { } receiver)
            {
                if (receiver.Leave(this, unlessBound) is { } left)
                {
                    return left;
                }
            }
            else
            {
                lock (_lock)
                {
                    if (Receiver is null)
                    {
                        return Leave(0, 0, unlessBound);
                    }
                }
            }
        }
    }

    /// <summary>Leaves; called under the lock of the receiver whose frames are for it, if there is one.</summary>
    /// <param name="receiver">The receiver whose lock is held.</param>
    /// <param name="frame">The last frame that was taken in.</param>
    /// <param name="unlessBound">Leave only if nothing takes its messages to the client.</param>
    /// <returns>Whether it left; null when another receiver has it.</returns>
    public bool? LeaveBy(SiloReceiver receiver, long frame, bool unlessBound)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(Receiver, receiver))
            {
                return null;
            }

            // Only who is live has everything up to where the channels stand.
            var places = IsOrphan && State == LocalState.Live ? receiver.PlacesOf(this) : null;
            var left = Leave(receiver.Link, frame, unlessBound);
            _places = left ? places : _places;
            return left;
        }
    }

    private static async Task<T> RunAfter<T>(Task earlier, Func<Task<T>> move)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        return await move();
    }

    private static long NextStay() => Interlocked.Increment(ref _lastStay);

    private bool Leave(long link, long frame, bool unlessBound)
    {
        if (State is LocalState.Leaving or LocalState.Parked or LocalState.Gone || (unlessBound && Sink is not null))
        {
            return false;
        }

        _leftAt = (link, State == LocalState.Lagging ? _lagFrame - 1 : frame);
        State = LocalState.Leaving;
        IsAttached = false;
        return true;
    }
}
