using System.Text.Json;
using Tidings.Protocols.Bayeux;

namespace Tidings.Client.Sessions;

/// <summary>Reads the <c>ext</c> of replies and the replay id of messages. What has another shape than expected is not there.</summary>
internal static class ReplyExt
{
    /// <summary>Whether the server agreed to an extension: CometD and Tidings say <c>"ack":true</c>, others an object.</summary>
    public static bool Agrees(BayeuxMessage reply, ReadOnlySpan<byte> name) =>
        BayeuxText.TryGetMember(reply.Ext, name, out var value) && !value.Span.SequenceEqual("false"u8) && !value.Span.SequenceEqual("null"u8);

    /// <summary>The number of the batch that came with a connect's reply.</summary>
    public static long? Batch(BayeuxMessage reply) => BayeuxText.TryGetMember(reply.Ext, "ack"u8, out var value) ? Number(value) : null;

    /// <summary>Messages that are lost, as Tidings tells them: <c>{"gaps":[{"channel":"/a","resumedAt":17}]}</c>.</summary>
    public static IEnumerable<TidingsGap> Gaps(BayeuxMessage reply)
    {
        if (!BayeuxText.TryGetMember(reply.Ext, "gaps"u8, out var raw))
        {
            yield break;
        }

        using var gaps = JsonDocument.Parse(raw);
        foreach (var gap in gaps.RootElement.ValueKind == JsonValueKind.Array ? gaps.RootElement.EnumerateArray() : default)
        {
            if (gap.ValueKind == JsonValueKind.Object && gap.TryGetProperty("channel"u8, out var channel) && channel.ValueKind == JsonValueKind.String)
            {
                var resumedAt = gap.TryGetProperty("resumedAt"u8, out var at) && at.ValueKind == JsonValueKind.Number && at.TryGetInt64(out var offset) ? offset : (long?)null;
                yield return new TidingsGap(channel.GetString()!, resumedAt);
            }
        }
    }

    /// <summary>A message's id in its channel's log: <c>{"event":{"replayId":17}}</c> (Salesforce Streaming API, "Message Durability").</summary>
    public static long? ReplayId(ReadOnlyMemory<byte> data) =>
        BayeuxText.TryGetMember(data, "event"u8, out var info) && BayeuxText.TryGetMember(info, "replayId"u8, out var id) ? Number(id) : null;

    private static long? Number(ReadOnlyMemory<byte> raw)
    {
        var json = new Utf8JsonReader(raw.Span);
        return json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number) ? number : null;
    }
}
