using System.Text;
using System.Text.Unicode;

namespace Tidings.Protocols.Charsets;

/// <summary>What the charset of a body's media type says of the body (RFC 9110, section 8.3.2). Inside, text is UTF-8.</summary>
public enum TextFault
{
    /// <summary>Nothing is wrong with it.</summary>
    None,

    /// <summary>The charset is none that this server knows.</summary>
    UnknownCharset,

    /// <summary>The bytes mean nothing in the charset.</summary>
    NotInCharset,
}

/// <summary>Bodies of text in whatever charset their sender uses.</summary>
public static class TextBody
{
    /// <summary>Its name, and the label without hyphen that many clients use (WHATWG Encoding, "Names and labels").</summary>
    private static readonly string[] Utf8Names = ["utf-8", "utf8"];

    /// <summary>Gives a body as UTF-8.</summary>
    /// <param name="charset">The parameter of the media type, quoted or not; null or empty is UTF-8.</param>
    /// <param name="body">The body as received.</param>
    /// <param name="utf8">The body itself if it is UTF-8 already, otherwise a copy without byte order mark.</param>
    public static TextFault ToUtf8(string? charset, ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> utf8)
    {
        utf8 = body;
        if (IsUtf8(charset))
            return Utf8.IsValid(body.Span) ? TextFault.None : TextFault.NotInCharset;

        if (Find(NameOf(charset)) is not { } encoding)
            return TextFault.UnknownCharset;

        try
        {
            var mark = encoding.Preamble;
            var text = mark.Length > 0 && body.Span.StartsWith(mark) ? body.Span[mark.Length..] : body.Span;
            utf8 = Encoding.UTF8.GetBytes(encoding.GetString(text));
            return TextFault.None;
        }
        catch (DecoderFallbackException)
        {
            return TextFault.NotInCharset;
        }
    }

    /// <summary>Whether a charset, quoted or not, is UTF-8; so is none.</summary>
    public static bool IsUtf8(string? charset) => NameOf(charset) is "" || Utf8Names.Contains(NameOf(charset), StringComparer.OrdinalIgnoreCase);

    private static string NameOf(string? charset) => charset is null ? "" : charset.Trim().Trim('"');

    private static Encoding? Find(string charset)
    {
        var (encode, decode) = (EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(charset, encode, decode) ?? Encoding.GetEncoding(charset, encode, decode);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
