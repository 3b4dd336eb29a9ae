using System.Buffers;

namespace Tidings.Protocols.Personium;

/// <summary>Names of collections, queues and topics: each is one segment of a path.</summary>
public static class DavNames
{
    /// <summary>The longest name in characters.</summary>
    public const int MaxLength = 255;

    private static readonly SearchValues<char> Refused = SearchValues.Create("\\/:*?\"<>| ");

    /// <summary>
    /// Whether it is 1 to 255 characters, none of <c>\ / : * ? " &lt; &gt; |</c>, blank or control, and neither <c>.</c> nor <c>..</c>,
    /// which are steps and not names (RFC 3986, section 3.3).
    /// </summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxLength
        && name is not ("." or "..")
        && !name.AsSpan().ContainsAny(Refused)
        && !name.Any(char.IsControl);
}
