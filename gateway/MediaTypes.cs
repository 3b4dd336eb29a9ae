namespace Tidings.Gateway;

/// <summary>What bodies are by their media type.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";

    /// <summary>Characters of the longest media type that is kept with a message.</summary>
    public const int Longest = 255;

    /// <summary>JSON itself or a <c>+json</c> type (RFC 6839).</summary>
    public static bool IsJson(string mediaType) =>
        Essence(mediaType) is var essence
        && (essence.Equals(Json, StringComparison.OrdinalIgnoreCase) || essence.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    public static bool IsText(string mediaType) => mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The type without its parameters.</summary>
    public static ReadOnlySpan<char> Essence(string mediaType)
    {
        var semicolon = mediaType.IndexOf(';', StringComparison.Ordinal);
        return (semicolon < 0 ? mediaType : mediaType.AsSpan(0, semicolon)).Trim();
    }
}
