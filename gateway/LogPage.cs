using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tidings.Gateway;

/// <summary>A page of a channel's log.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Epoch">The log's incarnation; offsets of another one mean nothing.</param>
/// <param name="Head">The last offset.</param>
/// <param name="First">The oldest retained offset.</param>
/// <param name="Messages">Consecutive messages.</param>
internal sealed record LogPage(string Channel, long Epoch, long Head, long First, LogEntry[] Messages)
{
    public static LogPage Of(ChannelId channel, LogRead read) =>
        new(channel.Name, read.Head.Epoch, read.Head.Offset, read.First, [.. read.Messages.Select(LogEntry.Of)]);
}

/// <summary>A message of a log: JSON bodies as they are, text as a string, other bytes as Base64.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="Time">When the channel took it.</param>
/// <param name="MediaType">The body's media type.</param>
/// <param name="Data">The body.</param>
internal sealed record LogEntry(long Offset, DateTimeOffset Time, string MediaType, [property: JsonConverter(typeof(RawJsonConverter))] ReadOnlyMemory<byte> Data)
{
    public static LogEntry Of(Message message) => new(
        message.Offset, DateTimeOffset.FromUnixTimeMilliseconds(message.Time), message.Item.MediaType ?? MediaTypes.Json, JsonOf(message.Item));

    /// <summary>A body as JSON.</summary>
    public static ReadOnlyMemory<byte> JsonOf(PublishItem item) =>
        item.MediaType is null || MediaTypes.IsJson(item.MediaType) ? item.Body
        : MediaTypes.IsText(item.MediaType) ? JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(item.Body), TextJson.Default.String)
        : JsonSerializer.SerializeToUtf8Bytes(Convert.ToBase64String(item.Body), TextJson.Default.String);
}

/// <summary>
/// Writes JSON that was checked when it was published. It is not taken apart again: an escaped lone surrogate is valid JSON (RFC 8259,
/// section 8.2) that no string of this runtime can hold.
/// </summary>
internal sealed class RawJsonConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Pages of a log are written only.");

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Span, skipInputValidation: true);
}

/// <summary>JSON of texts, generated at compile time.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class TextJson : JsonSerializerContext;
