using Tidings.Gateway.Sessions;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>A poll under way: its request, its session, and what it waits on.</summary>
internal sealed record HeldPoll(RealtimeCall Call, string ClientId, LocalSession Session, SmartSession Smart, SmartPoll Held)
{
    /// <summary>The X-Ids of its session's subscriptions, as they are by now: they may change while it is held.</summary>
    public SmartNotes Notes => Smart.NotesOf(Session);

    public RealtimeFormat Format { get; } = Call.FormatOf(Session.Description!.Acknowledges);
}
