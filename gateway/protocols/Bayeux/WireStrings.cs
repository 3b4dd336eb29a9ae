using System.Text;
using System.Text.Json;

namespace Tidings.Protocols.Bayeux;

/// <summary>Makes strings of the envelope; those that every client sends are not allocated again.</summary>
internal static class WireStrings
{
    private static readonly string[] CommonTexts =
    [
        "/meta/connect", "/meta/subscribe", "/meta/unsubscribe", "/meta/handshake", "/meta/disconnect",
        "long-polling", "callback-polling", "websocket", "cross-origin-long-polling", "eventsource", "in-process",
        "1.0", "retry", "handshake", "none",
    ];

    /// <summary>The string the reader stands on, or null if it has more bytes than allowed or holds half a surrogate pair.</summary>
    /// <param name="json">The reader, on a string.</param>
    /// <param name="maxBytes">The most bytes, as they are on the wire.</param>
    /// <param name="likely">A string that is returned if it is the same; a batch repeats channels and clientIds.</param>
    public static string? Read(ref Utf8JsonReader json, int maxBytes, string? likely)
    {
        var bytes = json.ValueSpan;
        if (bytes.Length > maxBytes)
            return null;
        if (json.ValueIsEscaped)
            return Unescape(ref json);
        if (likely is not null && Ascii.Equals(bytes, likely))
            return likely;
        return Common(bytes) ?? Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Whether the escaped string the reader stands on is this one.</summary>
    public static bool IsEscaped(ref Utf8JsonReader json, ReadOnlySpan<byte> text)
    {
        try
        {
            return json.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false; // half a surrogate pair equals nothing
        }
    }

    private static string? Common(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 25 || (bytes is [(byte)'/', ..] && !bytes.StartsWith("/meta/"u8)))
            return null;
        foreach (var text in CommonTexts)
            if (text.Length == bytes.Length && Ascii.Equals(bytes, text))
                return text;
        return null;
    }

    private static string? Unescape(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
