namespace Tidings.Gateway.Tests.Sessions.Models;

/// <summary>
/// The other end of a gateway's link, as plain lists: what the logs hold, every frame with where the channels stood after it, and the place of the
/// one session. It keeps to what <see cref="ISessionGrain"/> and <see cref="LinkFrame"/> promise, and to nothing more.
/// </summary>
internal sealed class ModelSilo(bool acknowledges)
{
    public static readonly string[] Channels = ["/a", "/b"];
    public const string SessionName = "session";

    private static readonly string[] Subscriptions = ["/a", "/**"];

    private readonly List<(LinkFrame Frame, Dictionary<string, long> Heads)> _sent = [];
    private readonly Queue<Action> _heldUp = new();
    private Dictionary<string, long> _cursors = Channels.ToDictionary(static channel => channel, static _ => 0L);
    private UnacknowledgedBatch[] _batches = [];
    private ChannelCursor[] _gaps = [];
    private CallFault _fault;
    private bool _isHeld;
    private bool _isJoined;
    private bool _isNew;
    private long _acknowledged;
    private long _joinFrame;
    private long _link = 1;
    private long _stay;
    private int _received;

    public Dictionary<string, long> Heads { get; } = Channels.ToDictionary(static channel => channel, static _ => 0L);

    public string Name => $"silo-{_link}";

    /// <summary>The most messages that a gateway is sent when it attaches the session; 0 for all.</summary>
    public int Part { get; set; }

    /// <summary>Whether it takes the session for one that is at the gateway.</summary>
    public bool IsHeld => _isHeld;

    public bool HasUnsent => _received < _sent.Count;

    /// <summary>What becomes of the next call.</summary>
    public void Fail(CallFault fault) => _fault = fault;

    public CallFault TakeFault()
    {
        var fault = _fault;
        _fault = CallFault.None;
        return fault;
    }

    /// <summary>A call that nobody waits for any more is still on its way.</summary>
    public void HoldUp(Action call) => _heldUp.Enqueue(call);

    /// <summary>The first of those arrives. A silo that has just taken the session over would go by its record, which may give messages again.</summary>
    public void CallLate()
    {
        if (_heldUp.TryDequeue(out var call) && !_isNew)
        {
            call();
        }
    }

    /// <summary>The gateway says that everything up to a frame is delivered.</summary>
    public void Acknowledged(long frame) => _acknowledged = frame;

    public void Publish(string channel, int count)
    {
        var batch = Deliveries.Batch(channel, Heads[channel] + 1, count);
        Heads[channel] += count;
        Send(new LinkFrame
        {
            Kind = LinkFrameKind.Deliver,
            Tenant = Deliveries.Tenant,
            Subscriptions = channel == Subscriptions[0] ? Subscriptions : Subscriptions[1..],
            Batches = [batch],
        });
    }

    /// <summary>The next frames, after some that were sent before.</summary>
    public LinkBatch Next(int count, int again = 0)
    {
        var first = Math.Max(0, _received - again);
        _received = Math.Min(_sent.Count, _received + count);
        return new LinkBatch
        {
            Silo = Name,
            Link = _link,
            FirstFrame = first + 1,
            Frames = [.. _sent.Take(first.._received).Select(static sent => sent.Frame)],
        };
    }

    public AttachResult Attach(long stay, SessionHandover? handover)
    {
        var description = new SessionDescription { Protocol = "test", Lifetime = TimeSpan.FromMinutes(1), Acknowledges = acknowledges };
        if (_isHeld && stay < _stay)
        {
            return new AttachResult(description, true, true);
        }

        if (_isNew)
        {
            Assert.True(handover?.CompleteUntil is not null, "A silo that knows nothing of the session was not told every place of it.");
        }

        if (_isHeld || _isNew)
        {
            Detach(handover);
        }

        var (batches, gaps) = _isHeld && handover is not { Unanswered: true } ? (null, null) : (_batches, _gaps);
        (_isHeld, _isNew, _stay) = (true, false, stay);
        return new AttachResult(description, Join(), true, Batches: batches, Gaps: gaps);
    }

    public bool Park(long stay, SessionHandover handover)
    {
        if (_isHeld && stay == _stay)
        {
            Detach(handover);
            _isHeld = false;
        }

        return true;
    }

    /// <summary>Another gateway had the session for a moment.</summary>
    public void Released(SessionHandover? handover)
    {
        Detach(handover);
        _isHeld = false;
    }

    public long Stay => _stay;

    /// <summary>Another silo takes over; it knows a session that was parked from its record, and of others what their gateway tells.</summary>
    public void Crash(bool isHere)
    {
        _link++;
        _sent.Clear();
        _isNew = _isHeld && isHere;
        (_isHeld, _isJoined, _received, _acknowledged) = (false, false, 0, 0);
    }

    /// <summary>Fails if a gateway that dies now would take messages with it.</summary>
    public void CheckDelivered(long frame, Func<string, long> got)
    {
        if (_isJoined && frame >= _joinFrame)
        {
            Assert.All(_sent[(int)frame - 1].Heads, head => Assert.True(head.Value <= got(head.Key), $"Frame {frame} is said to be delivered, but {head.Key} is not."));
        }
    }

    private void Detach(SessionHandover? handover)
    {
        var frame = handover is null ? _acknowledged : handover.Link == _link ? handover.Frame : 0;
        if (_isJoined && frame >= _joinFrame)
        {
            _cursors = new(_sent[(int)frame - 1].Heads);
        }

        _isJoined = false;
        foreach (var cursor in handover?.Cursors ?? [])
        {
            _cursors[cursor.Channel] = cursor.Offset;
        }

        var isUntold = handover is { Unanswered: true };
        _batches = [.. (isUntold ? _batches : []).Concat(handover?.Batches ?? []).DistinctBy(static batch => batch.Number)];
        _gaps = [.. isUntold || handover is null ? _gaps : [], .. handover?.Gaps ?? []];
    }

    private bool Join()
    {
        var missed = Channels.Where(channel => Heads[channel] > _cursors[channel])
            .Select(channel => Deliveries.Batch(channel, _cursors[channel] + 1, (int)(Heads[channel] - _cursors[channel])))
            .ToArray();
        if (Part > 0 && missed.Sum(static batch => batch.Messages.Length) > Part)
        {
            Send(FrameOf(LinkFrameKind.CatchUp, [Deliveries.Batch(missed[0].Channel.Name, missed[0].Messages[0].Offset, Math.Min(Part, missed[0].Messages.Length))]));
            return false;
        }

        Send(FrameOf(LinkFrameKind.Join, missed));
        (_isJoined, _joinFrame) = (true, _sent.Count);
        return true;
    }

    private LinkFrame FrameOf(LinkFrameKind kind, ChannelBatch[] batches) => new()
    {
        Kind = kind,
        Tenant = Deliveries.Tenant,
        Session = SessionName,
        Stay = _stay,
        Subscriptions = kind == LinkFrameKind.Join ? Subscriptions : [],
        Batches = batches,
        Heads = kind == LinkFrameKind.Join ? [.. Heads.Select(static head => new ChannelCursor(head.Key, head.Value, 1))] : [],
    };

    private void Send(LinkFrame frame) => _sent.Add((frame, new(Heads)));
}
