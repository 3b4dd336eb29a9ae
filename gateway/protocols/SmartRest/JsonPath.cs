using System.Buffers;

namespace Tidings.Protocols.SmartRest;

/// <summary>Where a path stands in a response template.</summary>
internal enum PathUse
{
    /// <summary>The value, or the list of values, that a template is matched with. A trailing <c>[*]</c> changes nothing.</summary>
    Base,

    /// <summary>One value of it.</summary>
    Value,
}

/// <summary>Why a text is not a path.</summary>
internal enum PathFault
{
    None,
    Invalid,
    RefersToList,
    HasFilter,
}

/// <summary>One step of a path: a member's name, or an element's index where the name is null.</summary>
internal readonly record struct PathStep(string? Name, int Index);

/// <summary>
/// The part of JSONPath that templates use: it names one value. Anything that could name several is refused.
/// <code>
/// path = [ "$" ] *step              ; "a.b" stands for "$.a.b"; nothing stands for "$"
/// step = "." name / "[" index "]" / "['" name "']"
/// </code>
/// </summary>
internal sealed record JsonPath(IReadOnlyList<PathStep> Steps)
{
    private const string NotInName = " \t\r\n.[]()'\"?*@,:";
    private static readonly SearchValues<char> NameEnd = SearchValues.Create(NotInName);

    public bool IsRoot => Steps.Count == 0;

    /// <summary>The same text for the same path, whichever way it was written.</summary>
    public string Key => string.Concat(Steps.Select(step => step.Name is { } name ? $"[{name.Length}'{name}]" : $"[{step.Index}]"));

    public static PathFault TryParse(string text, PathUse use, SmartRestLimits limits, out JsonPath path)
    {
        path = new JsonPath([]);
        if (text.Length > limits.MaxPathLength)
            return PathFault.Invalid;
        if (use == PathUse.Base && text.EndsWith("[*]", StringComparison.Ordinal))
            text = text[..^3];
        var steps = new List<PathStep>();
        var rest = text switch
        {
            ['$', ..] => text.AsSpan(1),
            [] or ['.' or '[', ..] => text,
            _ => $".{text}",
        };
        while (rest.Length > 0)
        {
            var fault = rest[0] == '.' ? TakeName(ref rest, steps) : TakeBracket(ref rest, steps);
            if (fault != PathFault.None)
                return fault;
            if (steps.Count > limits.MaxPathSteps)
                return PathFault.Invalid;
        }

        path = new JsonPath(steps);
        return PathFault.None;
    }

    private static PathFault TakeName(ref ReadOnlySpan<char> rest, List<PathStep> steps)
    {
        rest = rest[1..];
        if (rest is ['.' or '*', ..])
            return PathFault.RefersToList;
        var end = rest.IndexOfAny(NameEnd);
        var name = end < 0 ? rest : rest[..end];
        if (name.Length == 0)
            return PathFault.Invalid;
        steps.Add(new PathStep(name.ToString(), 0));
        rest = rest[name.Length..];
        return PathFault.None;
    }

    private static PathFault TakeBracket(ref ReadOnlySpan<char> rest, List<PathStep> steps)
    {
        if (rest is not ['[', ..])
            return PathFault.Invalid;
        rest = rest[1..].TrimStart(' ');
        return rest switch
        {
            ['?' or '(', ..] => PathFault.HasFilter,
            ['*', ..] => PathFault.RefersToList,
            ['\'' or '"', ..] => TakeQuoted(ref rest, steps),
            _ => TakeIndex(ref rest, steps),
        };
    }

    private static PathFault TakeQuoted(ref ReadOnlySpan<char> rest, List<PathStep> steps)
    {
        var length = rest[1..].IndexOf(rest[0]);
        if (length < 0 || rest[1..(length + 1)].Contains('\\'))
            return PathFault.Invalid;
        steps.Add(new PathStep(rest[1..(length + 1)].ToString(), 0));
        rest = rest[(length + 2)..];
        return TakeEnd(ref rest);
    }

    private static PathFault TakeIndex(ref ReadOnlySpan<char> rest, List<PathStep> steps)
    {
        var digits = rest.IndexOfAnyExceptInRange('0', '9');
        if (digits == 0 && rest[0] == ':')
            return PathFault.RefersToList;
        if (digits is < 1 or > 9)
            return PathFault.Invalid;
        steps.Add(new PathStep(null, int.Parse(rest[..digits], System.Globalization.CultureInfo.InvariantCulture)));
        rest = rest[digits..];
        return TakeEnd(ref rest);
    }

    private static PathFault TakeEnd(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart(' ');
        if (rest is not [']', ..])
            return rest is [',' or ':', ..] ? PathFault.RefersToList : PathFault.Invalid;
        rest = rest[1..];
        return PathFault.None;
    }
}
