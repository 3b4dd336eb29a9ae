using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Judging;

/// <summary>A transcript's messages, arranged for looking up.</summary>
sealed class Book
{
    readonly Dictionary<MessageKey, Publication> _publications = [];
    readonly Dictionary<MessageKey, List<long>> _offsets = [];
    readonly Dictionary<string, List<Publication>> _channels = [];

    public Book(Transcript transcript)
    {
        Transcript = transcript;
        foreach (var (key, offset) in transcript.Log.OrderBy(entry => entry.Offset))
            ListOf(_offsets, key).Add(offset);
        foreach (var publication in transcript.Publications)
        {
            _publications[publication.Key] = publication;
            // What is neither acknowledged nor stored was never promised to anybody.
            if (publication.Acknowledged != null || _offsets.ContainsKey(publication.Key))
                ListOf(_channels, publication.Key.Channel).Add(publication);
        }
    }

    public Transcript Transcript { get; }

    public Publication? Find(MessageKey key) => _publications.GetValueOrDefault(key);

    /// <summary>Where a message is in its channel's log, ascending; more than once only where it was stored more than once.</summary>
    public IReadOnlyList<long> OffsetsOf(MessageKey key) => _offsets.TryGetValue(key, out var offsets) ? offsets : [];

    /// <summary>What a session must have received: all of its channels that was sent after it had subscribed.</summary>
    public IEnumerable<Publication> ExpectedBy(SessionRecord session) =>
        from channel in _channels
        where session.Patterns.Any(pattern => Pattern.Matches(pattern, channel.Key))
        from publication in channel.Value
        where publication.Sent >= session.Subscribed
        select publication;

    static List<TValue> ListOf<TKey, TValue>(Dictionary<TKey, List<TValue>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        return list;
    }
}
