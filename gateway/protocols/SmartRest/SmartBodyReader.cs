namespace Tidings.Protocols.SmartRest;

/// <summary>
/// Reads bodies posted to <c>/s</c>. A row <c>15,X-Id</c> names the X-Id of the rows after it and wins over the header; a single
/// row 10 or 11 makes the whole body a registration.
/// </summary>
public static class SmartBodyReader
{
    // Identifiers that only the server says, or that are served elsewhere: never a template's.
    private static readonly HashSet<string> NotCallable =
        ["20", "40", "41", "42", "43", "45", "50", "70", "80", "81", "82", "83", "84", "86", "87", "88"];

    /// <summary>Reads a body.</summary>
    /// <param name="utf8">The body.</param>
    /// <param name="xid">The X-Id of the header; null without one.</param>
    /// <param name="limits">The bounds.</param>
    public static SmartBody Read(ReadOnlySpan<byte> utf8, string? xid, SmartRestLimits limits)
    {
        var rows = SmartRowReader.Read(utf8, limits);
        if (rows.Count == 0)
            return new TemplateCheck([xid], []);
        if (rows.Any(row => row.Id is "10" or "11"))
            return Registration(rows, xid, limits);
        return rows.All(row => IsXId(row, limits))
            ? new TemplateCheck(
                [.. rows.Take(limits.MaxXIds).Select(row => row.Fields[1])], [.. rows.Skip(limits.MaxXIds).Select(row => SmartErrors.TooManyXIds(row.Line))])
            : Batch(rows, xid, limits);
    }

    private static TemplateRegistration Registration(IReadOnlyList<SmartRow> rows, string? xid, SmartRestLimits limits)
    {
        var sets = new List<(string? XId, List<SmartRow> Rows)>();
        foreach (var row in rows)
        {
            if (IsXId(row, limits))
                sets.Add((row.Fields[1], []));
            else if (sets.Count == 0)
                sets.Add((xid, [row]));
            else
                sets[^1].Rows.Add(row);
        }

        return new TemplateRegistration([.. sets.Select((set, place) => Define(set.XId, set.Rows, place, limits))]);
    }

    private static TemplateDefinition Define(string? xid, List<SmartRow> rows, int place, SmartRestLimits limits)
    {
        if (place >= limits.MaxXIds)
            return new TemplateDefinition(xid, null, [SmartErrors.Creation(rows.FirstOrDefault()?.Line, "Too many X-IDs")]);
        if (xid?.Length > limits.MaxXIdLength)
            return new TemplateDefinition(xid, null, [SmartErrors.Creation(null, "X-ID is too long")]); // nothing would find it
        if (rows.Count == 0)
            return new TemplateDefinition(xid, null, [SmartErrors.Creation(null, "No templates for this X-ID")]);
        var set = TemplateSet.Compile(rows, limits, out var errors);
        return new TemplateDefinition(xid, set, errors);
    }

    private static RequestBatch Batch(IReadOnlyList<SmartRow> rows, string? xid, SmartRestLimits limits)
    {
        var calls = new List<RequestRow>(rows.Count);
        foreach (var row in rows)
        {
            if (IsXId(row, limits))
                xid = row.Fields[1];
            else
                calls.Add(Call(row, xid));
        }

        return new RequestBatch(calls);
    }

    private static RequestRow Call(SmartRow row, string? xid)
    {
        if (row.Fault != SmartRowFault.None)
            return new RefusedRow(row.Line, xid, SmartErrors.Of(row.Line, row.Fault));
        if (row.Id is "15" || (row.Id is "61" && row.Fields is not [_, { Length: > 0 }]))
            return new RefusedRow(row.Line, xid, SmartErrors.WrongCount(row.Line));
        if (row.Id is "61")
            return new BootstrapCall(row.Line, xid, row.Fields[1]);
        return row.Id.Length == 0 || NotCallable.Contains(row.Id) || row.Id.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? new RefusedRow(row.Line, xid, SmartErrors.InvalidIdentifier(row.Line))
            : new TemplateCall(row.Line, xid, row.Id, [.. row.Fields.Skip(1)]);
    }

    private static bool IsXId(SmartRow row, SmartRestLimits limits) =>
        row.Fields is ["15", { Length: > 0 } xid, ..] && xid.Length <= limits.MaxXIdLength && row.Fields.Skip(2).All(field => field.Length == 0);
}
