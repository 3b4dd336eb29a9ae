namespace Tidings.Gateway.Sessions;

/// <content>What administrators see of it.</content>
internal sealed partial class LocalSession
{
    /// <summary>What waits, and by what it goes.</summary>
    public SessionWindow Look()
    {
        lock (_lock)
        {
            return new SessionWindow(id, Protocol?.Transport, LastConnect.ToUnixTimeMilliseconds(), _messages, _bytes, [.. _gaps ?? []]);
        }
    }
}
