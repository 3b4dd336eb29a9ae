using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>
/// A message as fields of a stream entry. Every entry has <c>w</c>, <c>q</c> (both added by the script), <c>t</c> (time, ms since 1970 UTC)
/// and <c>b</c> (body) in this order, which Redis stores without repeating the names; then come those that the message has of
/// <c>m</c> (media type), <c>p</c> (publisher), <c>e</c> (ext), <c>x</c> (extras), <c>k</c> (key) and <c>c</c> (trace context). Names that a build does
/// not know are passed over.
/// </summary>
internal static class RedisLogEntry
{
    private const int TimeIndex = 5;
    private const int BodyIndex = 7;
    private const int OptionalIndex = 8;

    /// <summary>Adds the number of the message's names and values to script arguments, and these.</summary>
    public static void Write(Message message, List<RedisValue> arguments)
    {
        var countAt = arguments.Count;
        arguments.Add(0);
        Add(arguments, "t", message.Time);
        Add(arguments, "b", message.Item.Body);
        AddIfPresent(arguments, "m", message.Item.MediaType);
        AddIfPresent(arguments, "p", message.Item.Publisher);
        AddIfPresent(arguments, "e", message.Item.Ext);
        AddIfPresent(arguments, "x", message.Item.Extras);
        AddIfPresent(arguments, "k", message.Item.Key?.ToByteArray());
        AddIfPresent(arguments, "c", message.Item.Trace);
        arguments[countAt] = arguments.Count - countAt - 1;
    }

    /// <summary>Reads one entry of XRANGE's answer.</summary>
    public static Message Read(RedisResult entry)
    {
        var fields = entry[1];
        var item = new Optional();
        for (var i = OptionalIndex; i < fields.Length; i += 2)
        {
            item = item.With((string)fields[i]!, fields[i + 1]);
        }

        return new Message
        {
            Offset = ReadOffset((string)entry[0]!),
            Time = (long)fields[TimeIndex],
            Item = new PublishItem
            {
                Body = (byte[])fields[BodyIndex]!,
                MediaType = item.MediaType,
                Publisher = item.Publisher,
                Ext = item.Ext,
                Extras = item.Extras,
                Key = item.Key,
                Trace = item.Trace,
            },
        };
    }

    private static long ReadOffset(string id) => long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)));

    private static void Add(List<RedisValue> arguments, string name, RedisValue value)
    {
        arguments.Add(name);
        arguments.Add(value);
    }

    private static void AddIfPresent(List<RedisValue> arguments, string name, RedisValue value)
    {
        if (!value.IsNull)
            Add(arguments, name, value);
    }

    private readonly record struct Optional(string? MediaType, string? Publisher, byte[]? Ext, byte[]? Extras, Guid? Key, string? Trace)
    {
        public Optional With(string name, RedisResult value) => name switch
        {
            "m" => this with { MediaType = (string?)value },
            "p" => this with { Publisher = (string?)value },
            "e" => this with { Ext = (byte[]?)value },
            "x" => this with { Extras = (byte[]?)value },
            "k" => this with { Key = new Guid((byte[])value!) },
            "c" => this with { Trace = (string?)value },
            _ => this,
        };
    }
}
