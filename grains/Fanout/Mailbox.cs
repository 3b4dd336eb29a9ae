namespace Tidings.Grains.Fanout;

/// <summary>
/// A session's place in its silo's fan-out. While a gateway holds the session, the gateway's frames say where it stands and
/// nothing is kept per message; otherwise <see cref="Cursors"/> do. Guarded by the fan-out's lock.
/// </summary>
internal sealed class Mailbox(string tenant, string sessionId)
{
    private Dictionary<string, LogPosition>? _cursors;
    private Queue<DirectMessage>? _directs;

    public string Tenant { get; } = tenant;

    /// <summary>The session's public id.</summary>
    public string SessionId { get; } = sessionId;

    /// <summary>What is known of the session, for those who look at it.</summary>
    public SessionDescription? Description { get; set; }

    public Dictionary<string, Subscription> Subscriptions { get; } = new(StringComparer.Ordinal);

    /// <summary>The gateway its messages go to by themselves; null while it has to be caught up or waits for a gateway.</summary>
    public GatewayLink? Link { get; set; }

    /// <summary>The number that its gateway gave its stay there.</summary>
    public long Stay { get; set; }

    /// <summary>The frame with which it joined <see cref="Link"/>.</summary>
    public long JoinFrame { get; set; }

    /// <summary>Where it stood when it last had no gateway; still true as long as the gateway has not taken in <see cref="JoinFrame"/>.</summary>
    public Dictionary<string, LogPosition> Cursors
    {
        get => _cursors ??= new(StringComparer.Ordinal);
        set => _cursors = value;
    }

    /// <summary>The same, to look at only.</summary>
    public IReadOnlyCollection<KeyValuePair<string, LogPosition>> KnownCursors => _cursors ?? [];

    /// <summary>Direct messages that wait for a gateway.</summary>
    public IReadOnlyCollection<DirectMessage> Directs => _directs ?? [];

    /// <summary>What its last gateway wrote that its client may yet acknowledge.</summary>
    public UnacknowledgedBatch[] Batches { get; set; } = [];

    /// <summary>What its last gateway dropped and did not tell its client of.</summary>
    public ChannelCursor[] Gaps { get; set; } = [];

    /// <summary>What its gateway had acknowledged when it was asked to give the session up: what it acknowledges later may be without the session.</summary>
    public (long Link, long Frame, DateTimeOffset Through)? Asked { get; set; }

    /// <summary>Channels whose places its client has named during the stay at a gateway, which does not know them.</summary>
    public HashSet<string>? Replayed { get; set; }

    /// <summary>When it ends unless a gateway takes it, in <see cref="SteadyTime"/>; null while one keeps its clock.</summary>
    public DateTimeOffset? Deadline { get; set; }

    /// <summary>The latest that signs of life can move <see cref="Deadline"/> to.</summary>
    public DateTimeOffset LastDeadline { get; set; }

    /// <summary>While it has no gateway: everything that had come by then was delivered, but for what the cursors say.</summary>
    public DateTimeOffset DeliveredThrough { get; set; }

    /// <summary>When it was last asked to write down where it stands, in <see cref="SteadyTime"/>.</summary>
    public DateTimeOffset SaveAsked { get; set; }

    /// <summary>How long it lives without a gateway.</summary>
    public TimeSpan Lifetime { get; set; }

    /// <summary>
    /// Keeps what a gateway told that the next one is to know; with what it was not told itself. Gaps are told again, too, where nobody knows whether they
    /// were told.
    /// </summary>
    /// <param name="handover">What the gateway told; null when it cannot be asked.</param>
    public void Keep(SessionHandover? handover)
    {
        var isUntold = handover is { Unanswered: true };
        Batches = [.. (isUntold ? Batches : []).Concat(handover?.Batches ?? []).DistinctBy(static batch => batch.Number)];
        Gaps = [.. isUntold || handover is null ? Gaps : [], .. handover?.Gaps ?? []];
    }

    /// <summary>Every channel seen so far that one of its subscriptions matches, with the frame its subscription joined at.</summary>
    public IEnumerable<(ChannelFeed Feed, long JoinFrame)> Feeds()
    {
        if (Subscriptions.Count == 1)
        {
            var only = Subscriptions.Values.First();
            return only.Topic.Feeds.Select(feed => (feed, only.JoinFrame));
        }

        // Where subscriptions overlap, the one joined first has seen most.
        return Subscriptions.Values
            .SelectMany(subscription => subscription.Topic.Feeds, (subscription, feed) => (feed, subscription.JoinFrame))
            .GroupBy(pair => pair.feed, pair => pair.JoinFrame)
            .Select(group => (group.Key, group.Min()));
    }

    /// <summary>The place in a channel up to which the session has everything, while it has no gateway.</summary>
    public LogPosition CursorOf(ChannelFeed feed) =>
        _cursors is not null && _cursors.TryGetValue(feed.Channel.Name, out var cursor) ? cursor : new LogPosition(feed.Epoch, feed.StartedAt);

    /// <summary>Whether it has a cursor of its own in a channel.</summary>
    public bool HasCursor(string channel) => _cursors is not null && _cursors.ContainsKey(channel);

    /// <summary>Has a direct message wait for a gateway.</summary>
    /// <param name="message">The message.</param>
    /// <param name="most">How many may wait.</param>
    /// <returns>Whether the oldest was dropped for it.</returns>
    public bool Queue(DirectMessage message, int most)
    {
        _directs ??= new();
        var isFull = _directs.Count >= most && _directs.TryDequeue(out _);
        _directs.Enqueue(message);
        return isFull;
    }

    /// <summary>Takes the direct messages that wait.</summary>
    public IReadOnlyCollection<DirectMessage> TakeDirects()
    {
        var waiting = Directs;
        _directs = null;
        return waiting;
    }
}

/// <summary>A session's hold on a topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="JoinFrame">The frame with which it joined its gateway.</param>
/// <param name="Since">The point of the tenant's sequence from which on it counts.</param>
internal readonly record struct Subscription(Topic Topic, long JoinFrame, long Since);

/// <summary>A place in a log of a certain epoch.</summary>
internal readonly record struct LogPosition(long Epoch, long Offset);
