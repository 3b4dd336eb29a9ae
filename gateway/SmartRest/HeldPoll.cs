using Tidings.Gateway.Sessions;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>A poll under way: its request, its session, what it waits on, and the X-Ids of its subscriptions.</summary>
internal sealed record HeldPoll(RealtimeCall Call, string ClientId, LocalSession Session, SmartSession Smart, SmartPoll Held, SmartNotes Notes)
{
    public RealtimeFormat Format { get; } = Call.FormatOf(Session.Description!.Acknowledges);
}
