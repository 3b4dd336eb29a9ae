namespace Tidings.Protocols.SmartRest;

/// <summary>What the channels of a real-time endpoint mean.</summary>
public enum RealtimeEndpointKind
{
    /// <summary>Channels are what they say.</summary>
    Realtime,

    /// <summary><c>/X</c> is <c>/operations/X</c>, of which only creations are given, without the wrapper.</summary>
    Operations,

    /// <summary><c>/module/statement</c> is <c>/cep/module/statement</c>.</summary>
    Statements,
}

/// <summary>The real-time endpoints of Cumulocity's API, and their channels as their clients name them and as they are.</summary>
public static class RealtimeEndpoints
{
    private const string Operations = "/operations";
    private const string Statements = "/cep";

    /// <summary>Their paths; clients append a slash or a message type.</summary>
    public static IReadOnlyList<(string Path, RealtimeEndpointKind Kind)> All { get; } =
    [
        ("/cep/realtime", RealtimeEndpointKind.Realtime),
        ("/notification/realtime", RealtimeEndpointKind.Realtime),
        ("/notification/operations", RealtimeEndpointKind.Operations),
        ("/devicecontrol/notifications", RealtimeEndpointKind.Operations),
        ("/cep/notifications", RealtimeEndpointKind.Statements),
        ("/cep/customnotifications", RealtimeEndpointKind.Statements),
    ];

    /// <summary>The channel that a client's name for it means; what is no channel's name stays none.</summary>
    public static string ToCore(this RealtimeEndpointKind kind, string channel) =>
        channel.Length > 1 && channel[0] == '/' ? PrefixOf(kind) + channel : channel;

    /// <summary>What clients of the endpoint call a channel; one of another kind, which a session may follow too, as it is.</summary>
    public static string FromCore(this RealtimeEndpointKind kind, string channel)
    {
        var prefix = PrefixOf(kind);
        return prefix.Length > 0 && channel.Length > prefix.Length + 1 && channel[prefix.Length] == '/' && channel.StartsWith(prefix, StringComparison.Ordinal)
            ? channel[prefix.Length..]
            : channel;
    }

    private static string PrefixOf(RealtimeEndpointKind kind) => kind switch
    {
        RealtimeEndpointKind.Operations => Operations,
        RealtimeEndpointKind.Statements => Statements,
        _ => "",
    };
}
