using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tidings.Protocols.SmartRest;

/// <summary>Where in a template's text a value goes; it decides how the value is written.</summary>
internal enum ParameterPlace
{
    /// <summary>Into the URI.</summary>
    Uri,

    /// <summary>Into text, or into JSON outside of a string.</summary>
    Raw,

    /// <summary>Into a string of JSON.</summary>
    JsonString,
}

/// <summary>One value on its way into a request template.</summary>
internal static class ParameterValue
{
    private const NumberStyles Float = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const string UriCharacters = "!#$%&'()*+,-./:;=?@[]_~";

    /// <summary>The name of a type as templates and error rows have it.</summary>
    public static string Name(ParameterType type) => type.ToString().ToUpperInvariant();

    /// <summary>The type of a name; letter case does not matter.</summary>
    public static bool TryParseType(string name, out ParameterType type) =>
        Enum.TryParse(name, ignoreCase: true, out type) && !char.IsAsciiDigit(name[0]) && name[0] is not ('-' or '+') && !name.Contains(',');

    /// <summary>Checks a value. A number is brought into the form JSON has, everything else stays as it is.</summary>
    public static bool TryFormat(ParameterType type, string value, out string text)
    {
        text = value;
        switch (type)
        {
            case ParameterType.Unsigned:
                text = value.StartsWith('+') ? value[1..] : value;
                return IsWhole(text);
            case ParameterType.Integer:
                text = value.StartsWith('+') ? value[1..] : value;
                return IsWhole(text.StartsWith('-') ? text.AsSpan(1) : text);
            case ParameterType.Number:
                return TryFormatNumber(value, out text);
            case ParameterType.Date:
                return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
            default:
                return true;
        }
    }

    /// <summary>The server's time as UTC with milliseconds.</summary>
    public static string Now(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Writes a value to its place. Into JSON strings it goes as it is while that leaves them intact, as clients expect that escape
    /// by themselves, and is escaped otherwise; into URIs likewise.
    /// </summary>
    public static void Append(StringBuilder output, string value, ParameterPlace place)
    {
        if (place == ParameterPlace.Uri)
            AppendUri(output, value);
        else if (place == ParameterPlace.JsonString && !IsInsideOfString(value))
            output.Append(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value);
        else
            output.Append(value);
    }

    private static bool IsWhole(ReadOnlySpan<char> digits) => digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');

    private static bool TryFormatNumber(string value, out string text)
    {
        text = value.StartsWith('+') ? value[1..] : value;
        if (!double.TryParse(value, Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            return false;
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        var isJson = digits is ['0'] or ['0', '.' or 'e' or 'E', ..] or [>= '1' and <= '9', ..]
            && !digits.EndsWith(".") && !digits.Contains(".e", StringComparison.OrdinalIgnoreCase);
        if (!isJson)
            text = number.ToString("R", CultureInfo.InvariantCulture);
        return true;
    }

    private static bool IsInsideOfString(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is < ' ' or '"')
                return false;
            if (value[i] == '\\' && !SkipsEscape(value, ref i))
                return false;
        }

        return true;
    }

    private static bool SkipsEscape(string value, ref int at)
    {
        var rest = value.AsSpan(at + 1);
        var length = rest switch
        {
            ['"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't', ..] => 1,
            ['u', _, _, _, _, ..] when IsHex(rest[1..5]) => 5,
            _ => 0,
        };
        at += length;
        return length > 0;
    }

    private static bool IsHex(ReadOnlySpan<char> digits) => ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);

    private static void AppendUri(StringBuilder output, string value)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || UriCharacters.Contains((char)rune.Value, StringComparison.Ordinal)))
            {
                output.Append((char)rune.Value);
                continue;
            }

            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
                output.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
    }
}
