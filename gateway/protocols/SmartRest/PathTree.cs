using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Tidings.Protocols.SmartRest;

/// <summary>
/// Many paths as one tree, so that a single walk over a value finds what all of them name. Its work is proportional to the value's
/// size, not to the number of paths.
/// </summary>
internal sealed class PathTree
{
    private const int MaxNameBytes = 4096;
    private readonly Node _root;
    private readonly JsonReaderOptions _options;

    /// <param name="paths">The paths; the same one may occur again.</param>
    /// <param name="maxDepth">Nesting of values; deeper ones are not walked.</param>
    public PathTree(IReadOnlyList<JsonPath> paths, int maxDepth)
    {
        _root = new Node();
        _options = new JsonReaderOptions { MaxDepth = maxDepth };
        var nodes = paths.Select(_root.Add).ToArray();
        Size = _root.Number(0);
        Slots = [.. nodes.Select(node => node.First)];
    }

    /// <summary>For each path, the slot in which a walk puts what it names.</summary>
    public int[] Slots { get; }

    /// <summary>How many slots a walk fills.</summary>
    public int Size { get; }

    /// <summary>Walks a value.</summary>
    /// <param name="json">One JSON value and nothing else.</param>
    /// <param name="slots">What was found; as long as <see cref="Size"/>.</param>
    /// <exception cref="JsonException">It is not JSON, or nested too deep.</exception>
    public void Walk(ReadOnlySpan<byte> json, Span<JsonSlice> slots)
    {
        var reader = new Utf8JsonReader(json, _options);
        reader.Read();
        Walk(ref reader, _root, slots);
        reader.Read(); // throws if anything follows
    }

    /// <summary>The elements of an array, or the object itself; nothing where it is neither.</summary>
    /// <exception cref="JsonException">It is not JSON, or nested too deep.</exception>
    public void Candidates(ReadOnlySpan<byte> json, int most, List<JsonSlice> found)
    {
        var reader = new Utf8JsonReader(json, _options);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
            found.Add(new JsonSlice(0, json.Length));
        if (reader.TokenType != JsonTokenType.StartArray)
            return;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray && found.Count < most)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            found.Add(new JsonSlice(start, (int)reader.BytesConsumed - start));
        }
    }

    private static void Walk(ref Utf8JsonReader reader, Node node, Span<JsonSlice> slots)
    {
        slots[node.First..node.End].Clear(); // a name that occurs twice counts as its last value
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.StartObject && node.Members is { } members)
            WalkMembers(ref reader, members, slots);
        else if (reader.TokenType == JsonTokenType.StartArray && node.Elements is { } elements)
            WalkElements(ref reader, elements, slots);
        else
            reader.Skip();
        slots[node.First] = new JsonSlice(start, (int)reader.BytesConsumed - start);
    }

    private static void WalkMembers(ref Utf8JsonReader reader, Dictionary<byte[], Node> members, Span<JsonSlice> slots)
    {
        var byName = members.GetAlternateLookup<ReadOnlySpan<byte>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            Node? known = null;
            if (reader.ValueIsEscaped)
                known = FindEscaped(ref reader, byName);
            else
                byName.TryGetValue(reader.ValueSpan, out known);
            reader.Read();
            if (known is null)
                reader.Skip();
            else
                Walk(ref reader, known, slots);
        }
    }

    private static void WalkElements(ref Utf8JsonReader reader, Dictionary<int, Node> elements, Span<JsonSlice> slots)
    {
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (elements.TryGetValue(i, out var known))
                Walk(ref reader, known, slots);
            else
                reader.Skip();
        }
    }

    private static Node? FindEscaped(ref Utf8JsonReader reader, Dictionary<byte[], Node>.AlternateLookup<ReadOnlySpan<byte>> byName)
    {
        if (reader.ValueSpan.Length > MaxNameBytes)
            return null;
        Span<byte> name = stackalloc byte[reader.ValueSpan.Length];
        try
        {
            return byName.TryGetValue(name[..reader.CopyString(name)], out var known) ? known : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair: no path can name it
        }
    }

    private sealed class Node
    {
        public Dictionary<byte[], Node>? Members { get; private set; }

        public Dictionary<int, Node>? Elements { get; private set; }

        /// <summary>The slot of the value itself; those of everything below it follow, up to <see cref="End"/>.</summary>
        public int First { get; private set; }

        public int End { get; private set; }

        public Node Add(JsonPath path)
        {
            var node = this;
            foreach (var step in path.Steps)
                node = step.Name is { } name ? node.Member(Encoding.UTF8.GetBytes(name)) : node.Element(step.Index);
            return node;
        }

        public int Number(int next)
        {
            First = next++;
            foreach (var child in Members?.Values ?? Enumerable.Empty<Node>())
                next = child.Number(next);
            foreach (var child in Elements?.Values ?? Enumerable.Empty<Node>())
                next = child.Number(next);
            return End = next;
        }

        private Node Member(byte[] name)
        {
            Members ??= new Dictionary<byte[], Node>(Utf8NameComparer.Instance);
            return Members.TryGetValue(name, out var node) ? node : Members[name] = new Node();
        }

        private Node Element(int index)
        {
            Elements ??= [];
            return Elements.TryGetValue(index, out var node) ? node : Elements[index] = new Node();
        }
    }

    private sealed class Utf8NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8NameComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
