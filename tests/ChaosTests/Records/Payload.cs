using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tidings.ChaosTests.Records;

/// <summary>The body of every published message.</summary>
static class Payload
{
    public static JsonObject Write(MessageKey key) => new()
    {
        ["publisher"] = key.Publisher,
        ["sequence"] = key.Sequence,
        ["text"] = "As much text as a notification has, about so.",
    };

    public static MessageKey Read(string channel, JsonElement data) =>
        new(channel, data.GetProperty("publisher").GetInt32(), data.GetProperty("sequence").GetInt32());
}
