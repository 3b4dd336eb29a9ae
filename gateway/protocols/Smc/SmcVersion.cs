using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tidings.Protocols.Smc;

/// <summary>A version of the SMC API as it is written in a path: <c>7.2</c>, or <c>7.2.1</c>, which is the same interface.</summary>
public sealed record SmcVersion
{
    private const int MaxLength = 16;

    private SmcVersion(int major, int minor, string text) => (Major, Minor, Text) = (major, minor, text);

    /// <summary>The first number.</summary>
    public int Major { get; }

    /// <summary>The second number.</summary>
    public int Minor { get; }

    /// <summary>The version as the client wrote it; hrefs repeat it.</summary>
    public string Text { get; }

    /// <summary>The two-part name, which is all that clients understand in a list of versions.</summary>
    public string Rel => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    /// <summary>Whether notifications hold an array <c>events</c> (6.5 and before) instead of one <c>event</c>.</summary>
    public bool SendsArrays => Major < 6 || (Major == 6 && Minor <= 5);

    /// <summary>Reads <c>major.minor</c> or <c>major.minor.patch</c>: ASCII digits, at most 16 characters.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SmcVersion? version)
    {
        version = null;
        if (text is not { Length: > 0 and <= MaxLength } || text.Split('.') is not { Length: 2 or 3 } parts)
        {
            return false;
        }

        if (!Array.TrueForAll(parts, static part => TryNumber(part, out _)))
        {
            return false;
        }

        _ = TryNumber(parts[0], out var major);
        _ = TryNumber(parts[1], out var minor);
        version = new SmcVersion(major, minor, text);
        return true;
    }

    private static bool TryNumber(string part, out int number) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
