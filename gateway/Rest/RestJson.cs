using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tidings.Gateway.Rest;

/// <summary>The answer to a publish.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Offset">The first message's offset; 0 where none was stored, as the processing mode had it.</param>
/// <param name="LastOffset">The last message's offset.</param>
/// <param name="Count">How many messages were stored.</param>
internal sealed record Published(string Channel, long Offset, long LastOffset, int Count);

/// <summary>JSON of the REST API, generated at compile time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = MaxDepth)]
[JsonSerializable(typeof(Published))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(string))]
internal sealed partial class RestJson : JsonSerializerContext
{
    /// <summary>Above the most that <see cref="TidingsLimits.JsonDepth"/> can be, so that every stored body can be read, a page around it included.</summary>
    public const int MaxDepth = 1024;
}
