using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Tidings.Protocols.Json;

/// <summary>Reads small JSON inputs (RFC 8259) of clients: nothing in here throws on what a client sends.</summary>
internal static class JsonInput
{
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The value, or null: not JSON, not UTF-8, too deep, or a member that occurs twice in one object.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(utf8, Strict);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // The check for members that occur twice unescapes names, and half a surrogate pair has no text.
            return null;
        }
    }

    /// <summary>The text of a string; false for other values and for half a surrogate pair, which has no text.</summary>
    public static bool TryGetText(this JsonElement element, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (element.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = element.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The text of an object's member; false if there is none.</summary>
    public static bool TryGetText(this JsonElement element, ReadOnlySpan<byte> name, [NotNullWhen(true)] out string? text)
    {
        text = null;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.TryGetText(out text);
    }
}
