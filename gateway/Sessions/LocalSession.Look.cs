namespace Tidings.Gateway.Sessions;

/// <content>What administrators see of it.</content>
internal sealed partial class LocalSession
{
    /// <summary>What waits, and by what it goes.</summary>
    public SessionWindow Look(TimeProvider time)
    {
        var connected = (time.GetUtcNow() - (time.GetSteadyNow() - LastConnect)).ToUnixTimeMilliseconds();
        lock (_lock)
        {
            return new SessionWindow(id, Protocol?.Transport, connected, _messages, _bytes, [.. _gaps ?? []]);
        }
    }
}
