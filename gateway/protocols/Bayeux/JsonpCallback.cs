using System.Buffers;
using System.Text;

namespace Tidings.Protocols.Bayeux;

/// <summary>Names of JavaScript functions that callback-polling accepts from a URL.</summary>
public static class JsonpCallback
{
    /// <summary>The name when the URL has none, as Faye's server has it.</summary>
    public const string Default = "jsonpcallback";

    private const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private static readonly SearchValues<byte> Suspects = SearchValues.Create((byte)'<', 0xE2);

    /// <summary>Whether the name is 1 to 64 characters of <c>A-Z a-z 0-9 . _ -</c>, so that no script can be smuggled in.</summary>
    public static bool IsValid(ReadOnlySpan<char> callback) =>
        callback.Length is > 0 and <= MaxLength && !callback.ContainsAnyExcept(Allowed);

    // E2 also begins other characters: only E2 80 A8 and E2 80 A9 end a line in older JavaScript.
    internal static void WriteEscaped(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        for (var next = json.IndexOfAny(Suspects); next >= 0; next = json.IndexOfAny(Suspects))
        {
            output.Write(json[..next]);
            json = json[next..];
            var taken = WriteSuspect(output, json);
            json = json[taken..];
        }

        output.Write(json);
    }

    private static int WriteSuspect(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var (escape, taken) = json switch
        {
            [(byte)'<', ..] => ("\\u003c", 1),
            [0xE2, 0x80, 0xA8, ..] => ("\\u2028", 3),
            [0xE2, 0x80, 0xA9, ..] => ("\\u2029", 3),
            _ => ("", 1),
        };
        if (escape.Length > 0)
            Encoding.ASCII.GetBytes(escape.AsSpan(), output);
        else
            output.Write(json[..1]);
        return taken;
    }
}
