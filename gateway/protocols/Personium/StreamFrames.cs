using System.Buffers;
using System.Text.Json;
using Tidings.Protocols.Json;

namespace Tidings.Protocols.Personium;

/// <summary>How <c>Timestamp</c> counts since 1970 UTC.</summary>
public enum StreamTimestamp
{
    /// <summary>As the documentation's samples have it.</summary>
    Seconds,

    /// <summary>As Personium's own server sends it.</summary>
    Milliseconds,
}

/// <summary>The request that a reply answers.</summary>
public enum StreamReply
{
    /// <summary>An access token was sent.</summary>
    AccessToken,

    /// <summary>Something that is no request, or came too late.</summary>
    Unknown,
}

/// <summary>The texts of <c>Reason</c> ("Error response message"). After each the server closes.</summary>
public static class StreamReasons
{
    /// <summary>The frame is no request.</summary>
    public const string InvalidMessage = "Invalid message";

    /// <summary>The token is bad, expired, foreign or lacks a privilege, or there is no such topic: one reason for all, so that nobody can probe.</summary>
    public const string TokenInactive = "Token inactive";

    /// <summary>The token expired before this frame came.</summary>
    public const string SessionExpired = "Session expired";
}

/// <summary>
/// The frames of a topic's WebSocket (Personium, "Web Socket connection to Stream Collection"):
/// <code>
/// client  {"AccessToken":"AA~…"}
/// server  {"Response":"AccessToken","Result":"Success","ExpiresIn":3600,"Timestamp":1518612600}
///         {"Response":"AccessToken","Result":"Error","Reason":"Token inactive","Timestamp":1518612600}
///         {"From":"https://cell1.unit1.example/","Body":{…}}
/// </code>
/// </summary>
public static class StreamFrames
{
    /// <summary>The token of a client's frame; null if the frame is no request (<see cref="StreamReasons.InvalidMessage"/>).</summary>
    public static string? ReadToken(ReadOnlyMemory<byte> frame)
    {
        using var document = JsonInput.Parse(frame);
        return document is not null && document.RootElement.TryGetText("AccessToken"u8, out var token) ? token : null;
    }

    /// <summary>A token was taken.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="left">How long the token is good; cut to whole seconds.</param>
    /// <param name="now">The time.</param>
    /// <param name="unit">How the time is written.</param>
    public static void WriteSuccess(IBufferWriter<byte> output, TimeSpan left, DateTimeOffset now, StreamTimestamp unit)
    {
        using var writer = Begin(output, StreamReply.AccessToken, "Success"u8);
        writer.WriteNumber("ExpiresIn"u8, Math.Max(0, (long)left.TotalSeconds));
        End(writer, now, unit);
    }

    /// <summary>A frame could not be taken; <paramref name="reason"/> is one of <see cref="StreamReasons"/>.</summary>
    public static void WriteError(IBufferWriter<byte> output, StreamReply reply, string reason, DateTimeOffset now, StreamTimestamp unit)
    {
        using var writer = Begin(output, reply, "Error"u8);
        writer.WriteString("Reason"u8, reason);
        End(writer, now, unit);
    }

    /// <summary>A message of the topic.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="from">The URL of the sender's cell.</param>
    /// <param name="body">The body as <see cref="StreamBody"/> gives it.</param>
    public static void WriteDelivery(IBufferWriter<byte> output, string from, ReadOnlySpan<byte> body)
    {
        using var writer = JsonOutput.To(output);
        writer.WriteStartObject();
        writer.WriteString("From"u8, from);
        writer.WritePropertyName("Body"u8);
        writer.WriteRawValue(body, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private static Utf8JsonWriter Begin(IBufferWriter<byte> output, StreamReply reply, ReadOnlySpan<byte> result)
    {
        var writer = JsonOutput.To(output);
        writer.WriteStartObject();
        writer.WriteString("Response"u8, reply == StreamReply.AccessToken ? "AccessToken"u8 : "Unknown"u8);
        writer.WriteString("Result"u8, result);
        return writer;
    }

    private static void End(Utf8JsonWriter writer, DateTimeOffset now, StreamTimestamp unit)
    {
        writer.WriteNumber("Timestamp"u8, unit == StreamTimestamp.Seconds ? now.ToUnixTimeSeconds() : now.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }
}
