using System.Text.Json;

namespace Tidings.Gateway.Bayeux;

/// <summary>Names of members in JSON that was checked for its form only: a name may hold an escaped half of a surrogate pair, which has no text.</summary>
internal static class JsonNames
{
    /// <summary>Whether the member that the reader stands on has this name, which is ASCII.</summary>
    public static bool IsNamed(this ref Utf8JsonReader json, ReadOnlySpan<byte> name) => !json.HasSurrogates() && json.ValueTextEquals(name);

    /// <summary>Whether the string that the reader stands on has escaped surrogates. Asked first, as the reader throws where they are no pairs.</summary>
    public static bool HasSurrogates(this ref Utf8JsonReader json) =>
        json.ValueIsEscaped && (json.ValueSpan.IndexOf("\\ud"u8) >= 0 || json.ValueSpan.IndexOf("\\uD"u8) >= 0);
}
