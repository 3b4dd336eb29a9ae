namespace Tidings.Gateway.Sessions;

/// <content>What is told of the session when it is given up.</content>
internal sealed partial class LocalSession
{
    /// <summary>
    /// Gives the session up: what waits is dropped and told as cursors. A write still under way counts as not delivered.
    /// </summary>
    /// <param name="state">Parked or Gone.</param>
    public SessionHandover GiveUp(LocalState state)
    {
        BeginLeaving();
        lock (_lock)
        {
            // What waits again after the window was dropped is older than what was dropped.
            IEnumerable<OutboxItem> undelivered = [.. _writing ?? [], .. _waiting ?? [], .. _dropped ?? []];
            var cursors = Array.FindAll(
                NotBeforeAcknowledged(CursorsBefore(UnacknowledgedItems().Concat(undelivered), _caughtUp, _places)),
                cursor => !_restarted.Contains(cursor.Channel));
            var handover = new SessionHandover
            {
                Link = _leftAt.Link,
                Frame = _leftAt.Frame,
                Cursors = cursors,
                CompleteUntil = _places is null ? null : Receiver?.LastHeard,
                Directs = [.. UnacknowledgedDirects(), .. undelivered.OfType<DirectItem>().Select(item => item.Message)],
                Started = Started,
                Batches = BatchesToTell(),
                Gaps = GapsToTell(cursors),
                Unanswered = !_answered,
                LinkLost = Receiver is { IsGivenUp: true } receiver && receiver.Link == _leftAt.Link,
            };
            if ((_handover ?? _heard) is { } before)
            {
                // Given up before, and it is not known whether that was heard, or not by whom.
                handover = Merge(before with { Cursors = [.. before.Cursors.Where(cursor => !_restarted.Contains(cursor.Channel))] }, handover);
            }

            _heard = null;

            State = State == LocalState.Gone ? State : state;
            Sink = State == LocalState.Gone ? null : Sink;
            _handover = handover;
            _batches = handover.Batches;
            _unacknowledged = null;
            _caughtUp = null;
            _places = null;
            _dropped = null;
            _waiting = null;
            (_messages, _bytes, _directs, _directBytes) = (0, 0, 0, 0);
            _writing?.ForEach(item => Count(item));
            return handover;
        }
    }

    /// <summary>What was given up before its present stay, as long as its silo may not have heard of it.</summary>
    public SessionHandover? Untold
    {
        get
        {
            lock (_lock)
            {
                return _handover;
            }
        }
    }

    /// <summary>
    /// Whether nothing is left that its silo should hear: it was told, or asked for it. One that is asked for has been told when it is answered: until
    /// then its silo may go by an earlier call, which it heard late.
    /// </summary>
    public bool IsTold
    {
        get
        {
            lock (_lock)
            {
                return State == LocalState.Gone
                    || (State != LocalState.Leaving && _handover is null && (State != LocalState.Attaching || _answered || _joined));
            }
        }
    }

    /// <summary>Whether it was given back to a silo that may not have heard so.</summary>
    public bool IsParkedUnheard
    {
        get
        {
            lock (_lock)
            {
                return State == LocalState.Parked && Sink is null && _handover is not null;
            }
        }
    }

    /// <summary>Its silo has heard what was given up.</summary>
    public void Told()
    {
        lock (_lock)
        {
            _handover = null;
        }
    }

    private static SessionHandover Merge(SessionHandover untold, SessionHandover later) => untold with
    {
        Cursors = [.. untold.Cursors.Where(old => !Array.Exists(later.Cursors, cursor => cursor.Channel == old.Channel)), .. later.Cursors],
        CompleteUntil = later.CompleteUntil ?? untold.CompleteUntil,
        Batches = later.Batches,
        Gaps = later.Gaps,
        Unanswered = later.Unanswered,
        LinkLost = untold.LinkLost || (later.LinkLost && later.Link == untold.Link),
        Directs = [.. untold.Directs, .. later.Directs],
        Started = untold.Started || later.Started,
    };

    private static ChannelCursor[] CursorsBefore(IEnumerable<OutboxItem> undelivered, Dictionary<string, long>? caughtUp, ChannelCursor[]? places)
    {
        var cursors = (places ?? []).ToDictionary(static place => place.Channel, StringComparer.Ordinal);
        foreach (var (channel, offset) in caughtUp ?? [])
        {
            cursors[channel] = new ChannelCursor(channel, offset);
        }

        // The oldest counts; what waits again may be older than what is being written.
        foreach (var batches in undelivered.OfType<DeliveryBatch>().GroupBy(static batch => batch.Channel.Name))
        {
            var (epoch, first) = batches.Min(static batch => (batch.Epoch, batch.FirstOffset));
            cursors[batches.Key] = new ChannelCursor(batches.Key, first - 1, epoch);
        }

        return [.. cursors.Values];
    }
}
