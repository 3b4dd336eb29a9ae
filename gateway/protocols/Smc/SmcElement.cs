using System.Text.Json;
using Tidings.Protocols.Json;

namespace Tidings.Protocols.Smc;

/// <summary>An element's JSON: what a client stores, and what it gets back.</summary>
public static class SmcElement
{
    /// <summary>The longest name in characters.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Reads the name of an element that a client sends; null if the body is no object or has no usable <c>name</c>.</summary>
    public static string? NameOf(ReadOnlyMemory<byte> body)
    {
        using var document = JsonInput.Parse(body);
        return document is not null && document.RootElement.TryGetText("name"u8, out var name) && name.Trim().Length is > 0 and <= MaxNameLength
            ? name
            : null;
    }

    /// <summary>An element that is nothing but a name, such as a user's own.</summary>
    public static byte[] Named(string name) => SmcDocuments.Write(writer => writer.WriteString("name"u8, name));

    /// <summary>
    /// The element as it is served: <c>name</c> and <c>type</c> first, then what the client stored, then <c>link</c> to itself and
    /// <c>trashed</c>. Members of these names in the stored body are replaced.
    /// </summary>
    public static byte[] Write(ReadOnlyMemory<byte> stored, string type, string href, bool trashed)
    {
        using var document = JsonInput.Parse(stored);
        return SmcDocuments.Write(writer =>
        {
            var root = document?.RootElement ?? default;
            writer.WriteString("name"u8, root.TryGetText("name"u8, out var name) ? name : "");
            writer.WriteString("type"u8, type);
            if (root.ValueKind == JsonValueKind.Object)
            {
                WriteOwn(writer, root);
            }

            writer.WriteBoolean("trashed"u8, trashed);
            writer.WriteStartArray("link"u8);
            writer.WriteStartObject();
            writer.WriteString("rel"u8, "self");
            writer.WriteString("href"u8, href);
            writer.WriteString("type"u8, type);
            writer.WriteEndObject();
            writer.WriteEndArray();
        });
    }

    private static void WriteOwn(Utf8JsonWriter writer, JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name is not ("name" or "type" or "link" or "trashed"))
            {
                writer.WriteMember(member);
            }
        }
    }
}
