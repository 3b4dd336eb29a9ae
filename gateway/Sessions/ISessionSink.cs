namespace Tidings.Gateway.Sessions;

/// <summary>Takes a session's messages to its client.</summary>
internal interface ISessionSink
{
    /// <summary>Something waits. Called often and from any thread; returns at once.</summary>
    void Wake(LocalSession session, OutboxItem item);
}

/// <summary>What a protocol keeps with a session at the gateway that holds it.</summary>
internal interface IProtocolSession
{
    /// <summary>By what messages reach the client, as administrators are told; null where nothing is known.</summary>
    string? Transport => null;

    /// <summary>Called by the periodic scan.</summary>
    void Tick(LocalSession session, DateTimeOffset now);

    /// <summary>The session goes to another gateway: what its client waits for ends without messages.</summary>
    void Released(LocalSession session);

    /// <summary>The session ended.</summary>
    void Ended(LocalSession session, SessionEnd reason);

    /// <summary>This gateway stops: the client is to come back, to another one or to this one started again.</summary>
    void Stopping(LocalSession session);
}
