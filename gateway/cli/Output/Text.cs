using System.Globalization;
using System.Text;

namespace Tidings.Cli.Output;

/// <summary>What others wrote, as it may go to a terminal: on one line, and without characters that steer it.</summary>
internal static class Text
{
    /// <summary>JSON on one line. Control characters are escaped, which JSON has inside strings only; blanks between its parts may be lines.</summary>
    public static string Line(ReadOnlySpan<byte> json) => Escape(Encoding.UTF8.GetString(json).Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ').Replace('\r', ' '));

    /// <summary>Any text, with control characters escaped.</summary>
    public static string Plain(string text) => Escape(text);

    private static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = char.IsControl(character) ? escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : escaped.Append(character);
        }

        return escaped.ToString();
    }
}
