namespace Tidings.Gateway.Sessions;

/// <summary>A session's side of a protocol that bounds how many connections a user has to one channel.</summary>
internal interface ICountedConnection
{
    /// <summary>The place of the connection held now in the order in which connections came; null while none is held, or none that counts.</summary>
    long? Order { get; }

    /// <summary>Closes the connection: the session and what waits for it stay, its client is told to come back later.</summary>
    void Close();
}

/// <summary>Numbers connections as they come.</summary>
internal static class ConnectionOrder
{
    private static long _last;

    public static long Next() => Interlocked.Increment(ref _last);
}
