using System.Globalization;

namespace Tidings.Protocols.SmartRest;

/// <summary>Reads the bodies of the real-time endpoints: rows 80 to 84, in any number.</summary>
public static class RealtimeReader
{
    /// <summary>
    /// Reads every row, in order; one that is not a command comes as a <see cref="RealtimeRefusal"/>. Of connects the last one counts, as a
    /// request has one answer: earlier ones of its session are part of it, those of other sessions are refused.
    /// </summary>
    public static IReadOnlyList<RealtimeCommand> Read(ReadOnlySpan<byte> utf8, SmartRestLimits limits)
    {
        var commands = SmartRowReader.Read(utf8, limits).Select(row => Command(row, limits)).ToList();
        if (commands.OfType<RealtimeConnect>().LastOrDefault() is not { } last)
            return commands;
        var own = commands.OfType<RealtimeConnect>().Where(connect => connect.ClientId == last.ClientId).ToList();
        return [.. commands.Where(command => command is not RealtimeConnect connect || !own.Contains(connect)).Select(OneConnectOnly),
            last with { Acknowledged = own.Max(static connect => connect.Acknowledged) }];
    }

    private static RealtimeCommand OneConnectOnly(RealtimeCommand command) =>
        command is RealtimeConnect ? new RealtimeRefusal(command.Line, SmartErrors.SecondConnect(command.Line)) : command;

    private static RealtimeCommand Command(SmartRow row, SmartRestLimits limits)
    {
        if (row.Fault != SmartRowFault.None)
            return new RealtimeRefusal(row.Line, SmartErrors.Of(row.Line, row.Fault));
        var fields = WithoutTrailingEmpty(row.Fields);
        return fields[0] switch
        {
            "80" => Handshake(row.Line, fields),
            "81" => Subscribe(row.Line, fields, limits),
            "82" when HasAll(fields, 3) => new RealtimeUnsubscribe(row.Line, fields[1], fields[2]),
            "83" => Connect(row.Line, fields),
            "84" when HasAll(fields, 2) => new RealtimeDisconnect(row.Line, fields[1]),
            "82" or "84" => new RealtimeRefusal(row.Line, SmartErrors.WrongCount(row.Line)),
            _ => new RealtimeRefusal(row.Line, SmartErrors.InvalidIdentifier(row.Line)),
        };
    }

    private static RealtimeCommand Handshake(int line, ReadOnlySpan<string> fields) => fields.Length switch
    {
        1 => new RealtimeHandshake(line, Reliable: false),
        2 when bool.TryParse(fields[1], out var reliable) => new RealtimeHandshake(line, reliable),
        2 => new RealtimeRefusal(line, SmartErrors.WrongType(line, "BOOLEAN", fields[1])),
        _ => new RealtimeRefusal(line, SmartErrors.WrongCount(line)),
    };

    private static RealtimeCommand Subscribe(int line, ReadOnlySpan<string> fields, SmartRestLimits limits)
    {
        if (fields.Length < 3 || fields.Length - 3 > limits.MaxXIds || !HasAll(fields[..3], 3))
            return new RealtimeRefusal(line, SmartErrors.WrongCount(line));
        var xids = new List<string>();
        foreach (var xid in fields[3..])
        {
            if (xid.Length > limits.MaxXIdLength)
                return new RealtimeRefusal(line, SmartErrors.WrongType(line, "X-ID", xid));
            if (xid.Length > 0 && !xids.Contains(xid))
                xids.Add(xid);
        }

        return new RealtimeSubscribe(line, fields[1], fields[2], xids);
    }

    private static RealtimeCommand Connect(int line, ReadOnlySpan<string> fields)
    {
        if (fields.Length is < 2 or > 3 || fields[1].Length == 0)
            return new RealtimeRefusal(line, SmartErrors.WrongCount(line));
        if (fields.Length == 2)
            return new RealtimeConnect(line, fields[1], null);
        return long.TryParse(fields[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var batch)
            ? new RealtimeConnect(line, fields[1], batch < 0 ? null : batch)
            : new RealtimeRefusal(line, SmartErrors.WrongType(line, "INTEGER", fields[2]));
    }

    private static bool HasAll(ReadOnlySpan<string> fields, int count) => fields.Length == count && !fields.Contains("");

    private static ReadOnlySpan<string> WithoutTrailingEmpty(IReadOnlyList<string> fields)
    {
        ReadOnlySpan<string> all = fields.ToArray();
        var last = all.LastIndexOfAnyExcept("");
        return all[..Math.Max(1, last + 1)];
    }
}
