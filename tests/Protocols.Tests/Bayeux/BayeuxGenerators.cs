using FsCheck;
using FsCheck.Fluent;

namespace Tidings.Protocols.Tests.Bayeux;

/// <summary>Random JSON as text, with all that is legal and seldom: blanks, escapes, half surrogate pairs, huge numbers.</summary>
internal static class BayeuxGenerators
{
    public static readonly string[] Envelope =
    [
        "channel", "clientId", "id", "data", "ext", "successful", "error", "advice", "version", "minimumVersion",
        "supportedConnectionTypes", "connectionType", "subscription",
    ];

    private static readonly Gen<string> Blank = Gen.Elements("", "", "", " ", "\n", "\t \r\n");

    private static readonly Gen<string> Character = Gen.Elements(
        "a", "Z", "/", "<", "*", "é", "\u2028", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u0000", "\\u00E9", "\\ud83d\\ude00", "\\ud800", "\\uDC00");

    private static readonly Gen<string> String = Character.ListOf().Select(parts => $"\"{string.Concat(parts)}\"");

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Gen.Elements("null", "true", "false", "0", "-0", "1e999", "-1.50E-400", "9223372036854775808", "0.1", "\"\"", "{}", "[]"),
        Gen.Choose(int.MinValue, int.MaxValue).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        String);

    public static Gen<string> Value { get; } = Gen.Sized(size => Nested(Math.Min(4, size / 10 + 1)));

    /// <summary>A name of the envelope with some letters escaped.</summary>
    public static Gen<string> EnvelopeName { get; } =
        from name in Gen.Elements(Envelope)
        from mask in Gen.Choose(0, (1 << 24) - 1)
        select string.Concat(name.Select((letter, i) => (mask >> i & 1) == 0 ? letter.ToString() : $"\\u{(int)letter:x4}"));

    /// <summary>A message of members of the envelope and others, right and wrong, some twice, some with escaped names.</summary>
    public static Gen<string> Message { get; } =
        from members in Member().ListOf()
        from blank in Blank
        select $"{blank}{{{string.Join(",", members)}}}{blank}";

    public static Gen<string> Batch { get; } = Message.ListOf().Select(messages => $"[{string.Join(",", messages)}]");

    private static Gen<string> Member() =>
        from name in Gen.OneOf(Gen.Elements(Envelope), EnvelopeName, Gen.Elements("foo", "x-messages", "timestamp", "\\ud800", "Channel", ""))
        from value in Gen.OneOf(Value, Gen.Elements("\"/a\"", "[\"/a\",\"/b\"]", "{\"timeout\":0,\"timesync\":{\"tc\":1}}"))
        from blank in Blank
        select $"{blank}\"{name}\"{blank}:{blank}{value}{blank}";

    private static Gen<string> Nested(int depth) =>
        depth == 0 ? Scalar : Gen.OneOf(Scalar, Array(Nested(depth - 1)), Object(Nested(depth - 1)));

    private static Gen<string> Array(Gen<string> item) =>
        from items in item.ListOf()
        from blank in Blank
        select $"[{blank}{string.Join(blank + "," + blank, items.Take(5))}{blank}]";

    private static Gen<string> Object(Gen<string> item) =>
        from members in (from name in String from value in item select $"{name}:{value}").ListOf()
        from blank in Blank
        select $"{{{blank}{string.Join("," + blank, members.Take(5))}{blank}}}";
}
