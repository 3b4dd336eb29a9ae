namespace Tidings.Grains.Cluster;

/// <summary>
/// A gateway by the contract of <see cref="IGatewayObserver"/> and nothing more: clients take everything at once unless the gateway
/// lags, and it can stall or fail.
/// </summary>
internal sealed class FakeGateway : IGatewayObserver
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Link, long Frame)> _received = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Seat> _seats = new(StringComparer.Ordinal);
    private readonly List<LinkFrame> _frames = [];
    private Func<Task> _obstacle = () => Task.CompletedTask;
    private TaskCompletionSource _recovered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _lags;
    private long _refused;
    private long _stays;

    public GatewayAddress Address { get; set; } = null!;

    /// <summary>What goes on before frames are taken in.</summary>
    public Func<LinkBatch, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>What waits, as administrators see it.</summary>
    public async Task<SessionWindow[]> Look(string[] sessionIds)
    {
        await _obstacle();
        lock (_lock)
        {
            return [.. sessionIds.Where(_seats.ContainsKey).Select(id => new SessionWindow(id, "test", 0, _seats[id].Pending.Count, 0, []))];
        }
    }

    /// <summary>Every frame taken in.</summary>
    public LinkFrame[] Frames
    {
        get
        {
            lock (_lock)
            {
                return [.. _frames];
            }
        }
    }

    /// <summary>The frames that carry messages of a channel to whoever joined.</summary>
    public LinkFrame[] DeliveriesOf(string channel) =>
        [.. Frames.Where(frame => frame.Kind == LinkFrameKind.Deliver && frame.Batches[0].Channel.Name == channel)];

    /// <summary>From here on calls are not answered.</summary>
    public void Stall()
    {
        _recovered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _obstacle = () => _recovered.Task;
    }

    /// <summary>From here on calls fail.</summary>
    public void Crash() => _obstacle = () => throw new InvalidOperationException("This gateway crashed.");

    /// <summary>Ends <see cref="Stall"/> and <see cref="Crash"/>.</summary>
    public void Recover()
    {
        _obstacle = () => Task.CompletedTask;
        _recovered.TrySetResult();
    }

    /// <summary>Gives up every link there is.</summary>
    public void Refuse()
    {
        lock (_lock)
        {
            _refused = _received.Values.Max(static known => known.Link);
        }
    }

    /// <summary>From here on frames are taken in, but clients get nothing.</summary>
    public void Lag() => _lags = true;

    /// <summary>Gives clients what waits.</summary>
    public void CatchUp()
    {
        lock (_lock)
        {
            _lags = false;
            foreach (var seat in _seats.Values)
            {
                seat.Pending.ForEach(waiting => seat.Client.Take(waiting.Batch));
                seat.Pending.Clear();
            }
        }
    }

    /// <summary>Makes room for a session; what was caught up before it joined is remembered until it does.</summary>
    /// <returns>The number of the session's stay.</returns>
    public long Add(string sessionId, TestClient client, Dictionary<string, long>? caughtUp = null)
    {
        lock (_lock)
        {
            _seats[sessionId] = new Seat(client) { CaughtUp = caughtUp ?? [], Stay = ++_stays };
            return _stays;
        }
    }

    public long StayOf(string sessionId)
    {
        lock (_lock)
        {
            return _seats[sessionId].Stay;
        }
    }

    public bool Joined(string sessionId)
    {
        lock (_lock)
        {
            return _seats.TryGetValue(sessionId, out var seat) && seat.Joined;
        }
    }

    /// <summary>Gives a session up, as before parking it or attaching it again.</summary>
    public (SessionHandover Handover, Dictionary<string, long> CaughtUp) GiveUp(string sessionId)
    {
        lock (_lock)
        {
            _seats.Remove(sessionId, out var seat);
            return (seat!.HandOver(_received.GetValueOrDefault(seat.Silo)), seat.CaughtUp);
        }
    }

    public async Task<LinkAck> Receive(LinkBatch batch)
    {
        await _obstacle();
        await Before(batch);
        lock (_lock)
        {
            var (link, received) = _received.GetValueOrDefault(batch.Silo);
            if (batch.Link <= _refused)
            {
                return LinkAck.Refused;
            }

            received = batch.Link > link ? 0 : received;
            for (var i = 0; i < batch.Frames.Length; i++)
            {
                if (batch.FirstFrame + i > received)
                {
                    Assert.Equal(received + 1, batch.FirstFrame + i);
                    Take(batch.Silo, batch.Frames[i], ++received);
                }
            }

            _received[batch.Silo] = (batch.Link, received);
            var waiting = _seats.Values.Where(seat => seat.Silo == batch.Silo).SelectMany(seat => seat.Pending.Take(1));
            return new LinkAck(received, waiting.Select(pending => pending.Frame - 1).Append(received).Min());
        }
    }

    public async Task<SessionHandover?> Release(string sessionId, long stay)
    {
        await _obstacle();
        lock (_lock)
        {
            return _seats.Remove(sessionId, out var seat) ? seat.HandOver(_received.GetValueOrDefault(seat.Silo)) : null;
        }
    }

    private void Take(string silo, LinkFrame frame, long number)
    {
        _frames.Add(frame);
        if (frame.Session is null)
        {
            foreach (var seat in _seats.Values.Where(seat => seat.Silo == silo && seat.Tenant == frame.Tenant && seat.Groups.Overlaps(frame.Subscriptions)))
            {
                TakeForAll(seat, frame, number);
            }
        }
        else if (_seats.TryGetValue(frame.Session, out var seat) && seat.Stay == frame.Stay)
        {
            (seat.Silo, seat.Tenant) = (silo, frame.Tenant);
            TakeFor(seat, frame, number);
        }
    }

    private void TakeForAll(Seat seat, LinkFrame frame, long number)
    {
        if (frame.Kind == LinkFrameKind.Gap)
        {
            seat.Client.Take(frame.Gap);
        }
        else
        {
            seat.Give(frame.Batches[0], number, _lags);
        }
    }

    private void TakeFor(Seat seat, LinkFrame frame, long number)
    {
        switch (frame.Kind)
        {
            case LinkFrameKind.Join:
                seat.Missed(frame.Batches, number, _lags);
                seat.Groups.UnionWith(frame.Subscriptions);
                seat.Joined = true;
                break;
            case LinkFrameKind.CatchUp:
                seat.Missed(frame.Batches, number, _lags);
                break;
            case LinkFrameKind.Leave:
                seat.Groups.ExceptWith(frame.Subscriptions);
                break;
            case LinkFrameKind.Direct:
                seat.Client.Take(frame.Direct!);
                break;
            case LinkFrameKind.Gap:
                seat.Client.Take(frame.Gap);
                break;
            case LinkFrameKind.End:
                seat.Client.End = frame.End;
                break;
        }
    }

    /// <summary>A session held here.</summary>
    private sealed class Seat(TestClient client)
    {
        public long Stay { get; init; }

        public TestClient Client => client;

        public string Silo { get; set; } = "";

        public string Tenant { get; set; } = "";

        public bool Joined { get; set; }

        public HashSet<string> Groups { get; } = new(StringComparer.Ordinal);

        public List<(long Frame, ChannelBatch Batch)> Pending { get; } = [];

        public Dictionary<string, long> CaughtUp { get; init; } = [];

        public void Give(ChannelBatch batch, long frame, bool wait)
        {
            if (wait)
            {
                Pending.Add((frame, batch));
            }
            else
            {
                client.Take(batch);
            }
        }

        /// <summary>Catch-ups before the join may overlap: what came already is passed over.</summary>
        public void Missed(ChannelBatch[] batches, long frame, bool wait)
        {
            foreach (var batch in batches)
            {
                var seen = CaughtUp.GetValueOrDefault(batch.Channel.Name);
                Message[] fresh = [.. batch.Messages.Where(message => Joined || message.Offset > seen)];
                if (fresh.Length > 0)
                {
                    CaughtUp[batch.Channel.Name] = fresh[^1].Offset;
                    Give(new ChannelBatch { Channel = batch.Channel, Epoch = batch.Epoch, Messages = fresh, Head = batch.Head }, frame, wait);
                }
            }
        }

        public SessionHandover HandOver((long Link, long Frame) received)
        {
            var cursors = Joined ? [] : new Dictionary<string, long>(CaughtUp, StringComparer.Ordinal);
            foreach (var (_, batch) in Enumerable.Reverse(Pending))
            {
                cursors[batch.Channel.Name] = batch.Messages[0].Offset - 1;
            }

            return new SessionHandover
            {
                Link = received.Link,
                Frame = received.Frame,
                Cursors = [.. cursors.Select(cursor => new ChannelCursor(cursor.Key, cursor.Value))],
                Started = true,
            };
        }
    }
}
