namespace Tidings.Conformance.Wire;

/// <summary>The three transports of the Bayeux specification that a case can run on.</summary>
public enum Transport
{
    LongPolling,
    CallbackPolling,
    WebSocket,
}

/// <summary>The transports' names on the wire.</summary>
static class TransportNames
{
    public static string Name(this Transport transport) => transport switch
    {
        Transport.LongPolling => "long-polling",
        Transport.CallbackPolling => "callback-polling",
        _ => "websocket",
    };
}
