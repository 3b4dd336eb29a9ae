using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tidings.Gateway.Bayeux;

/// <summary>
/// A message's offset in its data, <c>"event":{"replayId":17}</c>, as Salesforce's clients look for it. An <c>event</c> object that the data has
/// is kept and gets the member; data that is no object stays as it is.
/// </summary>
internal static class ReplayId
{
    public static byte[] AddTo(byte[] data, long offset)
    {
        var json = new Utf8JsonReader(data);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return data;
        }

        var id = $"\"replayId\":{offset.ToString(CultureInfo.InvariantCulture)}";
        var isEmpty = true;
        var start = (int)json.TokenStartIndex + 1;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            var isEvent = json.ValueTextEquals("event"u8);
            json.Read();
            if (isEvent && json.TokenType == JsonTokenType.StartObject)
            {
                var inside = (int)json.TokenStartIndex + 1;
                json.Read();
                return Insert(data, inside, json.TokenType == JsonTokenType.EndObject ? id : id + ",");
            }

            json.Skip();
        }

        return Insert(data, start, $"\"event\":{{{id}}}{(isEmpty ? "" : ",")}");
    }

    private static byte[] Insert(byte[] data, int at, string text)
    {
        var output = new ArrayBufferWriter<byte>(data.Length + text.Length);
        output.Write(data.AsSpan(0, at));
        Encoding.ASCII.GetBytes(text, output);
        output.Write(data.AsSpan(at));
        return output.WrittenSpan.ToArray();
    }
}
