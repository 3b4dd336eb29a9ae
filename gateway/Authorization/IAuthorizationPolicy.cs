using System.Net;
using System.Security.Claims;

namespace Tidings;

/// <summary>Decides who may do what, for every front end. Registered through dependency injection; without one the configured rules decide.</summary>
public interface IAuthorizationPolicy
{
    /// <summary>Decides one request. Called for each channel of a subscribe.</summary>
    ValueTask<AuthorizationDecision> DecideAsync(AuthorizationRequest request, CancellationToken cancellationToken);
}

/// <summary>What someone wants to do.</summary>
public enum AuthorizationAction
{
    /// <summary>Begin a session.</summary>
    Handshake,

    /// <summary>Subscribe to a channel or pattern, or read its log.</summary>
    Subscribe,

    /// <summary>Publish to a channel.</summary>
    Publish,

    /// <summary>Publish the first message of a channel: one whose log never had a message.</summary>
    Create,

    /// <summary>Manage a channel.</summary>
    Manage,
}

/// <summary>A request for a decision.</summary>
public sealed record AuthorizationRequest
{
    /// <summary>What is to be done.</summary>
    public required AuthorizationAction Action { get; init; }

    /// <summary>The tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>Who asks.</summary>
    public required ClaimsPrincipal User { get; init; }

    /// <summary>The channel or pattern; null for a handshake.</summary>
    public string? Channel { get; init; }

    /// <summary>The caller's address; null where it has none.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The <c>ext</c> of the Bayeux message, JSON; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Ext { get; init; }
}

/// <summary>A decision.</summary>
public sealed record AuthorizationDecision
{
    /// <summary>Yes.</summary>
    public static AuthorizationDecision Allowed { get; } = new() { IsAllowed = true };

    /// <summary>No, without a reason of its own.</summary>
    public static AuthorizationDecision Denied { get; } = new();

    /// <summary>No, because the channel would have to be made.</summary>
    internal static AuthorizationDecision CreateDenied { get; } = new() { Reason = "create_denied" };

    /// <summary>Whether it may be done.</summary>
    public bool IsAllowed { get; init; }

    /// <summary>A reason for clients: letters, digits and underscores. Null: <c>denied_by_security_policy</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>For a denied handshake: what the client is to do, <c>none</c> (default), <c>retry</c> or <c>handshake</c>.</summary>
    public string? Reconnect { get; init; }

    /// <summary>For a denied handshake: how long the client is to wait before it does that. Default 0.</summary>
    public TimeSpan ReconnectInterval { get; init; }

    /// <summary>For a denied handshake: an <c>ext</c> object for the reply, JSON.</summary>
    public ReadOnlyMemory<byte> Ext { get; init; }
}
