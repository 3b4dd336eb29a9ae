using System.Text.Json.Serialization;

namespace Tidings.Client;

/// <summary>JSON that the client writes itself, generated at compile time.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class ClientJson : JsonSerializerContext;
