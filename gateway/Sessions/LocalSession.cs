using System.Security.Claims;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// A session that this gateway holds: an ordinary object with a short queue of references and a deadline. Whatever takes its
/// messages to the client (a socket, a held poll) is its sink; at most one writes at a time.
/// </summary>
internal sealed partial class LocalSession(string tenant, string id, IOptions<TidingsLimits> limits, WindowPolicies? windows = null)
{
    private readonly Lock _lock = new();
    private List<ChannelCursor>? _gaps;
    private List<ChannelCursor>? _telling;
    private List<(long Batch, ChannelCursor Gap)>? _told;

    // Ticks of UTC, as other threads read them while they are written; no deadline is 0.
    private long _deadline;
    private long _lastConnect;

    public string Tenant => tenant;

    /// <summary>The public id.</summary>
    public string Id => id;

    public string GrainKey => SessionId.ToKey(tenant, id);

    public LocalState State { get; private set; }

    /// <summary>What is fixed for its life; null until attached.</summary>
    public SessionDescription? Description { get; private set; }

    /// <summary>Whose it is, as known by now.</summary>
    public ClaimsPrincipal? User { get; set; }

    /// <summary>What its messages are checked against, each channel; null where all may be seen.</summary>
    public ChannelGrants? Grants { get; set; }

    /// <summary>The number of its stay here: frames of an earlier one may still be on their way.</summary>
    public long Stay { get; private set; } = NextStay();

    /// <summary>The silo whose frames are for it.</summary>
    public SiloReceiver? Receiver { get; private set; }

    /// <summary>The groups it joined; guarded by the receiver.</summary>
    public List<SubscriptionGroup> Groups { get; } = new(1);

    /// <summary>What takes its messages to the client now; null between polls.</summary>
    public ISessionSink? Sink { get; private set; }

    /// <summary>What its protocol keeps with it.</summary>
    public IProtocolSession? Protocol { get; set; }

    /// <summary>What it takes up of its client's bounds; given back when this gateway forgets it.</summary>
    public IDisposable? Place { get; set; }

    /// <summary>When it ends unless its client asks for deliveries again, in <see cref="SteadyTime"/>; null while a connect is under way.</summary>
    public DateTimeOffset? Deadline
    {
        get => Volatile.Read(ref _deadline) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        set => Volatile.Write(ref _deadline, value?.UtcTicks ?? 0);
    }

    /// <summary>Why it ended; null while it has not.</summary>
    public SessionEnd? EndedBy { get; set; }

    /// <summary>When its client last asked for deliveries here, in <see cref="SteadyTime"/>.</summary>
    public DateTimeOffset LastConnect
    {
        get => new(Volatile.Read(ref _lastConnect), TimeSpan.Zero);
        set => Volatile.Write(ref _lastConnect, value.UtcTicks);
    }

    /// <summary>Whether its client has asked for deliveries, here or elsewhere.</summary>
    public bool Started { get; set; }

    /// <summary>Whether its silo fell silent, so that it must be attached again.</summary>
    public bool IsOrphan { get; private set; }

    /// <summary>Whether only a first part of what it missed is on its way, so that it must be attached again when that is delivered.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>Whether the gateway is about to attach it again of its own accord.</summary>
    public bool IsAdopted { get; set; }

    /// <summary>Marks the delivery it was last given, to give it one copy where several of its subscriptions match.</summary>
    public object? LastGiven { get; set; }

    /// <summary>Has something take its messages to the client. False when it has left.</summary>
    public bool Bind(ISessionSink sink)
    {
        lock (_lock)
        {
            if (State is LocalState.Leaving or LocalState.Parked or LocalState.Gone)
            {
                return false;
            }

            Sink = sink;
            return true;
        }
    }

    /// <summary>Nothing takes its messages any more, unless something else has been bound meanwhile.</summary>
    /// <returns>Whether it was bound to this.</returns>
    public bool Unbind(ISessionSink sink)
    {
        lock (_lock)
        {
            var bound = ReferenceEquals(Sink, sink);
            Sink = bound ? null : Sink;
            return bound;
        }
    }

    /// <summary>Replaces its front end's notes.</summary>
    public void Note(byte[] notes)
    {
        lock (_lock)
        {
            Description = Description! with { Notes = notes };
        }
    }

    /// <summary>A session just begun here: its silo is about to send frames for it.</summary>
    public void Begin(SessionDescription description, IProtocolSession protocol, DateTimeOffset now)
    {
        Description = description;
        Protocol = protocol;
        LastConnect = now;
        Deadline = now + description.Lifetime;
        IsAttached = true;
        _answered = true;
    }

    /// <summary>Its owner showed fresh credentials.</summary>
    public void Renewed(SessionOwner owner)
    {
        lock (_lock)
        {
            Description = Description! with { Owner = owner };
        }
    }

    /// <summary>
    /// Notes that some messages of a channel are not coming any more; its protocol tells its client. Two gaps are one unless something waits that
    /// comes between them: should the session have to begin again with that, only the first of them stays one.
    /// </summary>
    public void NoteGap(ChannelCursor gap)
    {
        lock (_lock)
        {
            var others = (_gaps ??= []).FindAll(known => known.Channel == gap.Channel && !IsBetween(known, gap));
            _gaps.RemoveAll(others.Contains);
            _gaps.Add(others.Find(known => known.Epoch == gap.Epoch && known.Offset > gap.Offset) is { Channel: not null } later ? later : gap);
        }
    }

    /// <summary>Whether its client has not got something yet that comes after one gap and before another.</summary>
    private bool IsBetween(ChannelCursor one, ChannelCursor other)
    {
        var (from, to) = (Math.Min(one.Offset, other.Offset), Math.Max(one.Offset, other.Offset));
        return UnacknowledgedItems().Concat(_writing ?? []).Concat(_waiting ?? []).Concat(_dropped ?? []).OfType<DeliveryBatch>()
            .Any(item => item.Channel.Name == one.Channel && item.FirstOffset >= from && item.FirstOffset < to);
    }

    /// <summary>
    /// The gaps to tell, each with the first offset after it; none of a channel that may not be seen, which a pattern may match. Told with a write that
    /// fails, or with a batch that is not acknowledged, they are to be told again.
    /// </summary>
    public IReadOnlyList<ChannelCursor> TakeGaps()
    {
        lock (_lock)
        {
            var gaps = Grants is { } grants ? _gaps?.FindAll(gap => grants.MaySee(gap.Channel)) : _gaps;
            _gaps = null;
            _telling = _writing is null ? null : gaps;
            if (gaps is not null && Description is { Acknowledges: true })
            {
                (_told ??= []).AddRange(gaps.Select(gap => (_batch, gap)));
            }

            return gaps ?? [];
        }
    }

    /// <summary>What was to be told was not; what came since is newer.</summary>
    private void TellAgain()
    {
        TellAgain(_telling);
        _telling = null;
    }

    /// <summary>What was told with batches that the client does not have is to be told again.</summary>
    private void TellAgainAfter(long batch)
    {
        var lost = _told?.FindAll(told => told.Batch > batch).ConvertAll(static told => told.Gap);
        _told = null;
        if (lost is { Count: > 0 })
        {
            TellAgain(lost);
        }
    }

    private void TellAgain(List<ChannelCursor>? earlier)
    {
        var later = _gaps;
        _gaps = null;
        foreach (var gap in earlier ?? [])
        {
            NoteGap(gap);
        }

        foreach (var gap in later ?? [])
        {
            NoteGap(gap);
        }
    }
}
