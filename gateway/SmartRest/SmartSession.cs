using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.SmartRest;

/// <summary>
/// The SmartREST side of a session at the gateway that holds it: its held poll, and the X-Ids that lost their templates.
/// </summary>
internal sealed class SmartSession : IProtocolSession, ICountedConnection
{
    private readonly Lock _lock = new();
    private HashSet<string>? _missing;
    private SmartPoll? _held;

    /// <summary>Holds a poll; one held before ends without rows.</summary>
    public void Hold(LocalSession session, SmartPoll poll)
    {
        SmartPoll? superseded;
        lock (_lock)
        {
            (superseded, _held) = (_held, poll);
            session.Deadline = null;
        }

        superseded?.End(PollEnd.Superseded);
        if (!session.Bind(poll))
        {
            poll.End(EndFor(session));
        }
    }

    /// <summary>A poll is over; the session's clock runs from here unless another one is held.</summary>
    public void Release(LocalSession session, SmartPoll poll, DateTimeOffset now, TimeSpan lifetime)
    {
        session.Unbind(poll);
        lock (_lock)
        {
            if (!ReferenceEquals(_held, poll))
            {
                return;
            }

            _held = null;
            session.LastConnect = now;
            session.Deadline = now + lifetime;
        }
    }

    /// <summary>Notes whether an X-Id of the session has lost its templates.</summary>
    /// <returns>Whether that is news for its client.</returns>
    public bool Misses(string xid, bool isMissing)
    {
        lock (_lock)
        {
            return isMissing ? (_missing ??= new(StringComparer.Ordinal)).Add(xid) : _missing?.Remove(xid) == true;
        }
    }

    public long? Order => _held?.Order;

    public void Close() => _held?.End(PollEnd.Crowded);

    /// <summary>A write is over: what came meanwhile can be taken by a poll that is held already.</summary>
    public void Nudge() => _held?.Wake();

    public void Tick(LocalSession session, DateTimeOffset now) => _held?.Tick(now);

    public void Released(LocalSession session) => _held?.End(PollEnd.Superseded);

    public void Ended(LocalSession session, SessionEnd reason) =>
        _held?.End(reason == SessionEnd.Disconnected ? PollEnd.Disconnected : PollEnd.Unknown);

    public string? Transport => "long-polling";

    public void Stopping(LocalSession session) => _held?.End(PollEnd.Timeout);

    /// <summary>How a poll of a session that left is answered: one that was parked this moment comes back with the next.</summary>
    private static PollEnd EndFor(LocalSession session) => session switch
    {
        { EndedBy: SessionEnd.Disconnected } => PollEnd.Disconnected,
        { EndedBy: not null } => PollEnd.Unknown,
        { State: LocalState.Gone } => PollEnd.Superseded,
        _ => PollEnd.Timeout,
    };
}
