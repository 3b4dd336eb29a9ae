using System.Text.Json.Nodes;

namespace Tidings.EchoSample;

/// <summary>
/// Denies handshakes that ask for it with <c>ext.deny</c> (true, or an object with the advice and ext of the denial), and everything
/// below <c>/denied</c>.
/// </summary>
internal sealed class SamplePolicy : IAuthorizationPolicy
{
    public ValueTask<AuthorizationDecision> DecideAsync(AuthorizationRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(request.Action == AuthorizationAction.Handshake ? DecideHandshake(request.Ext) : DecideChannel(request.Channel!));

    private static AuthorizationDecision DecideChannel(string channel) =>
        channel.StartsWith("/denied/", StringComparison.Ordinal)
            ? AuthorizationDecision.Denied with { Reason = "not_for_you" }
            : AuthorizationDecision.Allowed;

    private static AuthorizationDecision DecideHandshake(ReadOnlyMemory<byte> ext)
    {
        var deny = ext.IsEmpty ? null : JsonNode.Parse(ext.Span)?["deny"];
        return deny switch
        {
            null => AuthorizationDecision.Allowed,
            JsonObject wanted => AuthorizationDecision.Denied with
            {
                Reconnect = (string?)wanted["advice"]?["reconnect"],
                ReconnectInterval = (long?)wanted["advice"]?["interval"] is { } interval ? TimeSpan.FromMilliseconds(interval) : TimeSpan.Zero,
                Ext = wanted["ext"] is { } own ? System.Text.Encoding.UTF8.GetBytes(own.ToJsonString()) : default,
            },
            _ => AuthorizationDecision.Denied,
        };
    }
}
