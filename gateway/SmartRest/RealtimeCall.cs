using System.Net;
using System.Security.Claims;
using Tidings.Gateway.Hosting;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>The circumstances of one real-time request.</summary>
internal sealed class RealtimeCall
{
    public required string Tenant { get; init; }

    public required ClaimsPrincipal User { get; init; }

    /// <summary>The caller's address, if it has one.</summary>
    public required string? Peer { get; init; }

    /// <summary>The same as an address.</summary>
    public required IPAddress? Address { get; init; }

    /// <summary>How fast its caller may be.</summary>
    public required CallerRates Rates { get; init; }

    /// <summary>The X-Id of the header, as the client wrote it.</summary>
    public required string XId { get; init; }

    public required RealtimeEndpointKind Kind { get; init; }

    /// <summary>The format configured.</summary>
    public required RealtimeFormat Format { get; init; }

    /// <summary>Whether the response has told already to begin anew.</summary>
    public bool IsAdvised { get; set; }

    public RealtimeFormat FormatOf(bool reliable) => Format.Resolve(reliable);
}
