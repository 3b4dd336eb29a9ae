using System.Text.Json;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// Tells a client, in the <c>ext</c> of a connect's reply, that messages it has not got are not coming, as the log no longer holds
/// them or its window was full: <c>{"gaps":[{"channel":"/a","resumedAt":17}]}</c>, where messages before offset 17 are gone. Clients that do not know it ignore it.
/// </summary>
internal static class BayeuxGaps
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ChannelCursor> gaps)
    {
        json.WriteStartArray("gaps"u8);
        foreach (var gap in gaps)
        {
            json.WriteStartObject();
            json.WriteString("channel"u8, gap.Channel);
            json.WriteNumber("resumedAt"u8, gap.Offset);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
