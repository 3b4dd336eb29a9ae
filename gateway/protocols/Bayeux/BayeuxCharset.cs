using System.Text;

namespace Tidings.Protocols.Bayeux;

/// <summary>Bodies in another charset than UTF-8, which old clients may send with a <c>charset</c> parameter.</summary>
public static class BayeuxCharset
{
    /// <summary>Gives a body as UTF-8.</summary>
    /// <param name="charset">The parameter of the content type, quoted or not; null or empty means UTF-8 (RFC 8259).</param>
    /// <param name="body">The body as received.</param>
    /// <param name="utf8">The body itself if it is UTF-8 already, unchecked; otherwise a copy.</param>
    /// <returns>False for an unknown charset, and for bytes that mean nothing in the charset.</returns>
    public static bool TryToUtf8(string? charset, ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> utf8)
    {
        utf8 = body;
        var name = charset.AsSpan().Trim().Trim('"').ToString();
        if (IsUtf8(name))
            return true;

        utf8 = default;
        try
        {
            if (Find(name) is not { } encoding)
                return false;
            utf8 = Encoding.UTF8.GetBytes(encoding.GetString(body.Span));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool IsUtf8(string name) =>
        name.Length == 0
        || name.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
        || name.Equals("utf8", StringComparison.OrdinalIgnoreCase);

    private static Encoding? Find(string name)
    {
        try
        {
            return Strict(CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static Encoding Strict(Encoding encoding)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return strict;
    }
}
