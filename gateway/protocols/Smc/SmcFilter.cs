using System.Text.Json;
using Tidings.Protocols.Json;

namespace Tidings.Protocols.Smc;

/// <summary>What a list of elements is narrowed to, by the query parameters <c>filter</c>, <c>exact_match</c> and <c>case_sensitive</c>.</summary>
/// <param name="Text">What is looked for; <c>*</c> in it stands for anything unless the match is exact. Nothing finds all.</param>
/// <param name="Exact">Whether an element's name is the text, or a text of the element contains it.</param>
/// <param name="CaseSensitive">Whether letter case counts.</param>
public sealed record SmcFilter(string Text, bool Exact, bool CaseSensitive)
{
    private StringComparison Comparison => CaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>Reads the parameters as clients write them: <c>True</c> as well as <c>true</c>; letter case counts unless it is said not to.</summary>
    public static SmcFilter Of(string text, string exact, string caseSensitive) =>
        new(text, bool.TryParse(exact, out var isExact) && isExact, !bool.TryParse(caseSensitive, out var isSensitive) || isSensitive);

    /// <summary>Whether an element is looked for.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="stored">What its client stored.</param>
    public bool Finds(string name, ReadOnlyMemory<byte> stored)
    {
        if (Text.Length == 0)
        {
            return true;
        }

        if (Exact)
        {
            return name.Equals(Text, Comparison);
        }

        var parts = Text.Split('*', StringSplitOptions.RemoveEmptyEntries);
        return Holds(name, parts) || HoldsAny(stored, parts);
    }

    private bool HoldsAny(ReadOnlyMemory<byte> stored, string[] parts)
    {
        using var document = JsonInput.Parse(stored);
        return document is { RootElement.ValueKind: JsonValueKind.Object }
            && document.RootElement.EnumerateObject().Any(member => member.Value.TryGetText(out var text) && Holds(text, parts));
    }

    private bool Holds(string text, string[] parts)
    {
        var from = 0;
        foreach (var part in parts)
        {
            var at = text.IndexOf(part, from, Comparison);
            if (at < 0)
            {
                return false;
            }

            from = at + part.Length;
        }

        return true;
    }
}
