namespace Tidings.Gateway.SmartRest;

/// <summary>What the channels of a real-time endpoint mean.</summary>
internal enum RealtimeEndpointKind
{
    /// <summary>Channels are what they say.</summary>
    Realtime,

    /// <summary><c>/X</c> is <c>/operations/X</c>, of which only creations are given.</summary>
    Operations,

    /// <summary><c>/module/statement</c> is <c>/cep/module/statement</c>.</summary>
    Statements,
}

/// <summary>Channels as clients of an endpoint name them, and as they are.</summary>
internal static class RealtimeChannels
{
    public static string ToCore(this RealtimeEndpointKind kind, string channel) => kind switch
    {
        RealtimeEndpointKind.Operations => "/operations" + channel,
        RealtimeEndpointKind.Statements => "/cep" + channel,
        _ => channel,
    };
}
