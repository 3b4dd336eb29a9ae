using System.Diagnostics.CodeAnalysis;

namespace Tidings.Protocols.Personium;

/// <summary>Whether a name is a queue's or a topic's.</summary>
public enum StreamKind
{
    /// <summary>Each message goes to one reader.</summary>
    Queue,

    /// <summary>Each message goes to everyone who listens.</summary>
    Topic,
}

/// <summary>A queue or topic below a box.</summary>
/// <param name="Collection">The path of the stream collection below the box, such as <c>dir/col1</c>.</param>
/// <param name="Kind">Queue or topic.</param>
/// <param name="Name">Its name.</param>
public sealed record StreamPath(string Collection, StreamKind Kind, string Name)
{
    private const string Queue = "queue";
    private const string Topic = "topic";

    /// <summary>Its path below the box, which is the tail of its channel: <c>dir/col1/topic/name</c>.</summary>
    public string Path => $"{Collection}/{(Kind == StreamKind.Queue ? Queue : Topic)}/{Name}";

    /// <summary>Reads the path of a WebSocket: <c>dir.col1.topic.name</c>. Every dot separates; queues cannot be listened to.</summary>
    public static bool TryParseSocket(string path, [NotNullWhen(true)] out StreamPath? stream) =>
        TryParse(path, '.', out stream) && stream.Kind == StreamKind.Topic;

    /// <summary>
    /// Reads the path of a request below the box: <c>dir/col1/queue/name</c>. A key behind the name, <c>name('key')</c>, is dropped, as rules'
    /// <c>relay.data</c> appends one.
    /// </summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out StreamPath? stream) => TryParse(path, '/', out stream);

    private static bool TryParse(string path, char separator, [NotNullWhen(true)] out StreamPath? stream)
    {
        stream = null;
        var parts = path.Split(separator);
        if (parts.Length < 3 || !Array.TrueForAll(parts[..^1], DavNames.IsName))
        {
            return false;
        }

        var name = separator == '/' ? WithoutKey(parts[^1]) : parts[^1];
        if (parts[^2] is not (Queue or Topic) || !DavNames.IsName(name))
        {
            return false;
        }

        stream = new StreamPath(string.Join('/', parts[..^2]), parts[^2] == Queue ? StreamKind.Queue : StreamKind.Topic, name);
        return true;
    }

    private static string WithoutKey(string name) =>
        name.EndsWith(')') && name.IndexOf('(', StringComparison.Ordinal) is >= 0 and var key ? name[..key] : name;
}
