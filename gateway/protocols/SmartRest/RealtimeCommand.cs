namespace Tidings.Protocols.SmartRest;

/// <summary>One row of a real-time body.</summary>
/// <param name="Line">The row's number, from 1.</param>
public abstract record RealtimeCommand(int Line);

/// <summary><c>80</c> or <c>80,true</c>: opens a session.</summary>
/// <param name="Line">The row's number, from 1.</param>
/// <param name="Reliable">Whether batches are numbered (<c>88</c>) and kept until they are acknowledged.</param>
public sealed record RealtimeHandshake(int Line, bool Reliable) : RealtimeCommand(Line);

/// <summary><c>81,clientId,channel[,X-Id…]</c>: subscribes; a repeated subscription replaces the X-Ids of the one before.</summary>
/// <param name="Line">The row's number, from 1.</param>
/// <param name="ClientId">The session's id.</param>
/// <param name="Channel">The channel or pattern, as written.</param>
/// <param name="XIds">X-Ids beside the request's own, as written, each once.</param>
public sealed record RealtimeSubscribe(int Line, string ClientId, string Channel, IReadOnlyList<string> XIds) : RealtimeCommand(Line);

/// <summary><c>82,clientId,channel</c>: unsubscribes.</summary>
/// <param name="Line">The row's number, from 1.</param>
/// <param name="ClientId">The session's id.</param>
/// <param name="Channel">The channel or pattern, as written.</param>
public sealed record RealtimeUnsubscribe(int Line, string ClientId, string Channel) : RealtimeCommand(Line);

/// <summary><c>83,clientId[,batch]</c>: asks for notifications.</summary>
/// <param name="Line">The row's number, from 1.</param>
/// <param name="ClientId">The session's id.</param>
/// <param name="Acknowledged">The last batch that arrived; null where none is named, or -1.</param>
public sealed record RealtimeConnect(int Line, string ClientId, long? Acknowledged) : RealtimeCommand(Line);

/// <summary><c>84,clientId</c>: ends the session.</summary>
/// <param name="Line">The row's number, from 1.</param>
/// <param name="ClientId">The session's id.</param>
public sealed record RealtimeDisconnect(int Line, string ClientId) : RealtimeCommand(Line);

/// <summary>A row that is none of these; the others of its body are not concerned.</summary>
/// <param name="Line">The row's number, from 1.</param>
/// <param name="Error">The row that answers it.</param>
public sealed record RealtimeRefusal(int Line, SmartError Error) : RealtimeCommand(Line);
