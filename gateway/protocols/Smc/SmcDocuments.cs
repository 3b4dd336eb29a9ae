using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tidings.Protocols.Json;

namespace Tidings.Protocols.Smc;

/// <summary>A link in a list of versions or entry points.</summary>
/// <param name="Rel">Its name: a version, or the RelName of a type of elements.</param>
/// <param name="Href">Where it leads, absolute.</param>
/// <param name="Method">How to call it, if not by GET.</param>
public readonly record struct SmcLink(string Rel, string Href, string Method = "GET");

/// <summary>An element as a list shows it.</summary>
/// <param name="Href">Where it is, absolute.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
public readonly record struct SmcListItem(string Href, string Name, string Type);

/// <summary>The JSON documents of the HTTP side. Their media type is <see cref="MediaType"/>, with no parameter.</summary>
public static class SmcDocuments
{
    /// <summary>Exactly this: clients compare the header as a whole and take other bodies for text.</summary>
    public const string MediaType = "application/json";

    /// <summary><c>GET /api</c>: the versions. Clients take the first that fits, so they go in ascending order.</summary>
    public static byte[] Versions(IEnumerable<SmcLink> versions) => Links("version"u8, versions);

    /// <summary><c>GET /{version}/api</c>: the entry points, whose rels are the RelNames.</summary>
    public static byte[] EntryPoints(IEnumerable<SmcLink> entryPoints) => Links("entry_point"u8, entryPoints);

    /// <summary>A reference to one thing: <c>{"value":"href"}</c>.</summary>
    public static byte[] Value(string href) => Write(writer => writer.WriteString("value"u8, href));

    /// <summary>A list of elements.</summary>
    public static byte[] Elements(IEnumerable<SmcListItem> items) => Write(writer =>
    {
        writer.WriteStartArray("result"u8);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            writer.WriteString("href"u8, item.Href);
            writer.WriteString("name"u8, item.Name);
            writer.WriteString("type"u8, item.Type);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    /// <summary>An error: <c>{"status":"404","message":"…","details":["…"]}</c>.</summary>
    public static byte[] Error(int status, string message, params ReadOnlySpan<string> details)
    {
        var texts = details.ToArray();
        return Write(writer =>
        {
            writer.WriteString("status"u8, status.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("message"u8, message);
            writer.WriteStartArray("details"u8);
            Array.ForEach(texts, writer.WriteStringValue);
            writer.WriteEndArray();
        });
    }

    internal static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = JsonOutput.To(output))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] Links(ReadOnlySpan<byte> name, IEnumerable<SmcLink> links)
    {
        var title = JsonEncodedText.Encode(name);
        return Write(writer =>
        {
            writer.WriteStartArray(title);
            foreach (var link in links)
            {
                writer.WriteStartObject();
                writer.WriteString("rel"u8, link.Rel);
                writer.WriteString("href"u8, link.Href);
                writer.WriteString("method"u8, link.Method);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }
}
