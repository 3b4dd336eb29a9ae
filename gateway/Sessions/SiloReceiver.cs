namespace Tidings.Gateway.Sessions;

/// <summary>
/// Takes the frames of one silo, in order, and gives each message to the sessions it is for. Nothing in here waits: a session
/// that cannot take a message is put aside.
/// </summary>
internal sealed partial class SiloReceiver(string silo, long link, TimeProvider time, GatewayHub hub, GatewayMetrics metrics)
{
    private readonly Lock _lock = new();
    private readonly SubscriptionGroups _groups = new();
    private readonly HashSet<LocalSession> _sessions = [];
    private readonly Dictionary<LocalSession, long> _untold = [];
    private readonly SortedSet<long> _disowned = [];
    private readonly Dictionary<ChannelId, ChannelCursor> _places = [];
    private long _received;
    private long _delivered;

    // In ticks, as other threads read them while they are written.
    private long _lastHeard = time.GetUtcNow().UtcTicks;
    private long _heardAt = time.GetSteadyNow().UtcTicks;

    public string Silo => silo;

    /// <summary>The link whose frames it counts.</summary>
    public long Link => link;

    /// <summary>The last frame taken in.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>When the silo last called, by the clock.</summary>
    public DateTimeOffset LastHeard => new(Volatile.Read(ref _lastHeard), TimeSpan.Zero);

    /// <summary>As <see cref="LastHeard"/>, in <see cref="SteadyTime"/>: how long the silo has been silent, whatever the clock does.</summary>
    public DateTimeOffset HeardAt => new(Volatile.Read(ref _heardAt), TimeSpan.Zero);

    /// <summary>Whether the gateway has given the silo up: nothing more is taken in.</summary>
    public bool IsGivenUp { get; private set; }

    public LinkAck Take(LinkBatch batch)
    {
        lock (_lock)
        {
            if (IsGivenUp)
            {
                return LinkAck.Refused;
            }

            Volatile.Write(ref _lastHeard, time.GetUtcNow().UtcTicks);
            Volatile.Write(ref _heardAt, time.GetSteadyNow().UtcTicks);
            for (var i = 0; i < batch.Frames.Length; i++)
            {
                var number = batch.FirstFrame + i;
                if (number > _received)
                {
                    Take(batch.Frames[i], number);
                    _received = number;
                }
            }
        }

        return new LinkAck(Received, Interlocked.Read(ref _delivered));
    }

    /// <summary>
    /// A session leaves: from here on no frame is for it. Until its silo has heard what it got, nothing that it did not get is acknowledged: should
    /// this gateway die before, the silo goes by that.
    /// </summary>
    /// <returns>Whether it left; null when another receiver has it.</returns>
    public bool? Leave(LocalSession session, bool unlessBound)
    {
        lock (_lock)
        {
            var first = session.FirstUndelivered ?? _received + 1;
            var left = session.LeaveBy(this, _received, unlessBound);
            if (left == true)
            {
                Forget(session);
                HoldFor(session, first);
            }

            return left;
        }
    }

    /// <summary>Where every channel that a session subscribes to stands, as far as a message or a head of it came. Called under the receiver's lock.</summary>
    public ChannelCursor[] PlacesOf(LocalSession session)
    {
        var places = new List<ChannelCursor>();
        foreach (var group in session.Groups)
        {
            if (!ChannelName.IsPattern(group.Id.Name))
            {
                places.AddRange(_places.TryGetValue(group.Id, out var place) ? [place] : []);
                continue;
            }

            places.AddRange(_places
                .Where(known => known.Key.Tenant == group.Id.Tenant && ChannelName.Matches(group.Id.Name, known.Key.Name))
                .Select(static known => known.Value));
        }

        return [.. places.Distinct()];
    }

    /// <summary>What a session subscribes to, channels and patterns; empty while it is not of this receiver.</summary>
    public string[] SubscriptionsOf(LocalSession session)
    {
        lock (_lock)
        {
            return [.. session.Groups.Select(static group => group.Id.Name)];
        }
    }

    /// <summary>Looks how far everything is delivered, and names sessions that hold the rest up since an earlier frame.</summary>
    public List<LocalSession> Acknowledge(long heldUpSince)
    {
        lock (_lock)
        {
            var delivered = _received;
            var holdingUp = new List<LocalSession>();
            foreach (var session in _sessions)
            {
                if (session.FirstUndelivered is { } first)
                {
                    delivered = Math.Min(delivered, first - 1);
                    if (first <= heldUpSince || session.State == LocalState.Lagging)
                    {
                        holdingUp.Add(session);
                    }
                }
            }

            foreach (var (session, first) in _untold)
            {
                if (session.IsTold)
                {
                    _untold.Remove(session);
                }
                else
                {
                    delivered = Math.Min(delivered, first - 1);
                }
            }

            delivered = _disowned.Count > 0 ? Math.Min(delivered, _disowned.Min - 1) : delivered;
            Interlocked.Exchange(ref _delivered, delivered);
            return holdingUp;
        }
    }

    /// <summary>A session's silo has heard that it did not come here.</summary>
    public void Disowned(long frame)
    {
        lock (_lock)
        {
            _disowned.Remove(frame);
        }
    }

    /// <summary>The link is gone: its sessions get nothing more by it.</summary>
    public void GiveUp()
    {
        lock (_lock)
        {
            IsGivenUp = true;
            foreach (var session in _sessions)
            {
                session.Orphan();
            }
        }
    }

    private void Take(LinkFrame frame, long number)
    {
        if (frame.Kind == LinkFrameKind.Deliver)
        {
            Deliver(frame, number);
            return;
        }

        if (frame.Kind == LinkFrameKind.Forget)
        {
            foreach (var head in frame.Heads)
            {
                _places.Remove(new ChannelId(frame.Tenant, head.Channel));
            }

            return;
        }

        foreach (var head in frame.Heads)
        {
            _places[new ChannelId(frame.Tenant, head.Channel)] = head;
        }

        if (frame.Kind == LinkFrameKind.Gap && frame.Session is null)
        {
            foreach (var session in frame.Subscriptions.SelectMany(name => _groups.MembersOf(frame.Tenant, name)).Distinct())
            {
                hub.GapSeen(session, frame.Gap);
            }

            return;
        }

        var target = frame.Session is { } id ? hub.Find(frame.Tenant, id) : null;
        if (target?.Takes(this, frame.Stay) == true)
        {
            TakeFor(target, frame, number);
            return;
        }

        if (target is { IsTold: false })
        {
            // It was given up before its join came, which its silo does not know yet.
            HoldFor(target, number);
        }

        if (frame.Kind == LinkFrameKind.Join && target?.Stay != frame.Stay && !hub.HasGiven(frame.Session!, frame.Stay))
        {
            // Its silo heard a call late that this gateway has given up waiting for, and takes the session for one that is here.
            _disowned.Add(number);
            _ = hub.DisownAsync(this, frame, number);
        }

        if (frame.Direct is { } direct)
        {
            hub.Return(frame.Tenant, frame.Session!, direct);
        }
    }

    private void TakeFor(LocalSession session, LinkFrame frame, long number)
    {
        _sessions.Add(session);
        switch (frame.Kind)
        {
            case LinkFrameKind.Join:
                Give(session, frame.Batches, number);
                foreach (var name in frame.Subscriptions)
                {
                    _groups.Add(session, new ChannelId(frame.Tenant, name));
                }

                session.Join();
                break;
            case LinkFrameKind.CatchUp:
                Give(session, frame.Batches, number);
                break;
            case LinkFrameKind.Leave:
                foreach (var name in frame.Subscriptions)
                {
                    _groups.Remove(session, name);
                }

                break;
            case LinkFrameKind.Direct:
                GiveDirect(session, frame, number);
                break;
            case LinkFrameKind.Gap:
                hub.GapSeen(session, frame.Gap);
                break;
            case LinkFrameKind.End:
                hub.EndedBySilo(session, frame.End);
                break;
            case LinkFrameKind.Restart:
                session.Restart(frame.Subscriptions, frame.Stay);
                break;
            case LinkFrameKind.Moved:
                session.Orphan();

                // What the silo sends on is not for it any more, and would not follow what it has.
                session.BeginLeaving();
                break;
        }
    }

    /// <summary>Acknowledges nothing from a frame on until a session's silo was told.</summary>
    private void HoldFor(LocalSession session, long frame) => _untold[session] = Math.Min(frame, _untold.GetValueOrDefault(session, frame));

    private void Forget(LocalSession session)
    {
        _sessions.Remove(session);
        _groups.RemoveAll(session);
    }
}
