using Tidings.Grains.Logs;
using Tidings.Grains.Sessions;

namespace Tidings.Grains.Fanout;

/// <content>Sessions that another silo kept, and messages whose events were lost with one.</content>
internal sealed partial class SiloFanout
{
    /// <summary>How far the clocks of silos and of the log's store may differ.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(1);

    /// <summary>How long after a message was logged its event has come, or its loss has been noticed.</summary>
    private static readonly TimeSpan EventPatience = TimeSpan.FromSeconds(10);

    /// <summary>How far back lost events are looked for: more than a death in the cluster stays unnoticed.</summary>
    private static readonly TimeSpan LostEventsSince = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FlushTick = TimeSpan.FromMilliseconds(10);

    private const int ChangedPage = 1000;

    /// <summary>What is to be written of a session: its cursors as far as its gateway has acknowledged.</summary>
    public SessionRecord RecordOf(Mailbox mailbox, SessionDescription description, bool started)
    {
        lock (_lock)
        {
            var through = mailbox.Link?.DeliveredThrough ?? mailbox.DeliveredThrough;
            return new SessionRecord
            {
                Description = description,
                Subscriptions = [.. mailbox.Subscriptions.Values.Select(static held => new StoredSubscription(held.Topic.Id.Name, held.Since))],
                Cursors = [.. CursorsOf(mailbox)],
                Sequence = LogSequence.At(through - EventPatience),
                Started = started,
                Directs = [.. mailbox.Directs],
                Replayed = [.. mailbox.Subscriptions.Values.Where(static held => held.JoinFrame == NotJoined).Select(static held => held.Topic.Id.Name)],
            };
        }
    }

    /// <summary>Whether this silo is about to stop, and takes up no session any more.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Every session of this silo.</summary>
    public IReadOnlyList<Mailbox> All()
    {
        lock (_lock)
        {
            return [.. _mailboxes.Values];
        }
    }

    /// <summary>Waits until the gateways have taken everything that was sent.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        GatewayLink[] links;
        lock (_lock)
        {
            links = [.. _links.Values];
        }

        using var ticks = new PeriodicTimer(FlushTick, time);
        while (Array.Exists(links, static link => link is { IsLost: false, HasUntaken: true }))
        {
            await ticks.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>The sessions that were not written for a while: each is named once a period.</summary>
    public IReadOnlyList<Mailbox> TakeUnsaved(TimeSpan period)
    {
        lock (_lock)
        {
            var now = time.GetSteadyNow();
            var due = _mailboxes.Values.Where(mailbox => now - mailbox.SaveAsked > period).ToList();
            foreach (var mailbox in due)
            {
                mailbox.SaveAsked = now;
            }

            return due;
        }
    }

    /// <summary>Takes up a session that another silo kept; it waits for its gateway.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="sessionId">The session's public id.</param>
    /// <param name="record">What was written of it.</param>
    /// <param name="handover">What its gateway knows, if that lost the silo and asks for the session.</param>
    /// <exception cref="Exception">A channel, the registry or the log could not be reached.</exception>
    public async Task<Mailbox> RestoreAsync(string tenant, string sessionId, SessionRecord record, SessionHandover? handover)
    {
        var (status, topics) = await AcquireAsync(tenant, [.. record.Subscriptions.Select(static held => held.Name)]);
        if (status != SubscribeStatus.Done)
        {
            throw new InvalidOperationException($"A subscription of the session can not be had again: {status}.");
        }

        var through = handover?.CompleteUntil is { } heard ? heard - ClockSkew : LogSequence.TimeOf(record.Sequence) + EventPatience;
        var mailbox = new Mailbox(tenant, sessionId) { Lifetime = record.Description.Lifetime, SaveAsked = time.GetSteadyNow(), DeliveredThrough = through };
        HashSet<string> placed;
        lock (_lock)
        {
            _mailboxes[sessionId] = mailbox;
            _sessionsPerTenant[tenant] = _sessionsPerTenant.GetValueOrDefault(tenant) + 1;
            StartClock(mailbox, mailbox.Lifetime);
            foreach (var (topic, held) in topics.Zip(record.Subscriptions))
            {
                mailbox.Subscriptions[held.Name] = new Subscription(topic, 0, held.Since);
            }

            placed = Place(mailbox, record, handover);
        }

        try
        {
            await PlaceInNamesAsync(mailbox, placed);
            await PlaceInPatternsAsync(mailbox, placed, LogSequence.At(through - EventPatience));
        }
        catch
        {
            lock (_lock)
            {
                Remove(mailbox);
            }

            throw;
        }

        metrics.SessionsRestored.Add(1);
        return mailbox;
    }

    /// <summary>Events may have been lost, with a silo or because this one was deaf: reads what changed of late and was not passed on.</summary>
    public async Task CatchUpAllAsync()
    {
        List<IGrouping<string, Topic>> tenants;
        lock (_lock)
        {
            tenants = [.. _topics.Values.GroupBy(static topic => topic.Id.Tenant)];
        }

        foreach (var topics in tenants)
        {
            var since = LogSequence.At(time.GetUtcNow() - LostEventsSince);
            await foreach (var channel in ChangedAsync(topics.Key, since))
            {
                await CatchUpAsync(channel, since);
            }
        }
    }

    private async Task CatchUpAsync(ChannelId channel, long since)
    {
        ChannelFeed? feed;
        long followed;
        lock (_lock)
        {
            var topics = TopicsOf(channel);
            if (topics.Count == 0)
            {
                return;
            }

            followed = topics.Min(static topic => topic.Sequence ?? 0);
            feed = _feeds.GetValueOrDefault(channel);
        }

        // A pattern's channel that was never seen here begins where it stood when the pattern's first subscriber came.
        var place = feed is { Epoch: > 0 } ? default : await log.FindAsync(channel, Math.Max(since, followed));
        lock (_lock)
        {
            feed = FeedOf(channel);
            if (feed.Epoch == 0 && place.Head.Epoch > 0)
            {
                feed.Start(place.Head.Epoch, place.Offset);
            }

            if (feed.Epoch > 0 && feed.Deferred is null && feed.Topics.Count > 0)
            {
                feed.Deferred = new DeferredBatches(Limits.StreamQueueBytes);
                _ = Task.Run(() => RepairAsync(feed));
            }
        }
    }

    /// <summary>Where a session stands in the channels it subscribes to by name, or while it has no gateway in all that it has a cursor for.</summary>
    private static IEnumerable<ChannelCursor> CursorsOf(Mailbox mailbox)
    {
        if (mailbox.Link is not { } link || link.Delivered < mailbox.JoinFrame)
        {
            foreach (var (channel, place) in mailbox.KnownCursors)
            {
                yield return new ChannelCursor(channel, place.Offset, place.Epoch);
            }
        }

        foreach (var held in mailbox.Link is null ? [] : mailbox.Subscriptions.Values.Where(static held => !held.Topic.IsPattern))
        {
            // Until its gateway has taken its join in, a session stands where it stood before.
            var name = held.Topic.Id.Name;
            var isBefore = mailbox.Link!.Delivered < Math.Max(mailbox.JoinFrame, held.JoinFrame) && mailbox.HasCursor(name);
            if (!isBefore && held.Topic.Feeds.FirstOrDefault() is { } feed)
            {
                yield return new ChannelCursor(name, feed.OffsetAt(mailbox.Link, Math.Max(mailbox.Link.Delivered, held.JoinFrame)), feed.Epoch);
            }
            else if (isBefore && mailbox.Link.Delivered >= mailbox.JoinFrame)
            {
                yield return new ChannelCursor(name, mailbox.Cursors[name].Offset, mailbox.Cursors[name].Epoch);
            }
        }
    }

    /// <summary>Puts a session where its record, or better its gateway, says; in other channels it begins at their heads.</summary>
    /// <returns>The channels for which it was said.</returns>
    private HashSet<string> Place(Mailbox mailbox, SessionRecord record, SessionHandover? handover)
    {
        var placed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var feed in mailbox.Feeds().Select(static pair => pair.Feed).Where(static feed => feed.Epoch > 0))
        {
            mailbox.Cursors[feed.Channel.Name] = new LogPosition(feed.Epoch, feed.Head);
        }

        foreach (var cursor in record.Cursors.Concat(handover?.Cursors ?? []).Where(static cursor => cursor.Epoch > 0))
        {
            if (record.Replayed.Contains(cursor.Channel)
                && mailbox.Cursors.TryGetValue(cursor.Channel, out var named) && named.Epoch == cursor.Epoch && named.Offset < cursor.Offset)
            {
                // Its gateway may have meant where it stood before its client named a place.
                continue;
            }

            mailbox.Cursors[cursor.Channel] = new LogPosition(cursor.Epoch, cursor.Offset);
            placed.Add(cursor.Channel);
        }

        mailbox.Batches = handover?.Batches ?? [];
        foreach (var direct in record.Directs.Concat(handover?.Directs ?? []))
        {
            Queue(mailbox, direct);
        }

        return placed;
    }

    /// <summary>A channel subscribed to by name of which nothing was told: the session has what was logged before it subscribed.</summary>
    private async Task PlaceInNamesAsync(Mailbox mailbox, HashSet<string> placed)
    {
        foreach (var held in mailbox.Subscriptions.Values.Where(held => !held.Topic.IsPattern && !placed.Contains(held.Topic.Id.Name)).ToList())
        {
            PlaceIn(mailbox, held.Topic.Id, await log.FindAsync(held.Topic.Id, held.Since), isPlaced: false);
        }
    }

    /// <summary>Finds where a session stands in channels that its patterns match and that changed since it was known to have everything.</summary>
    private async Task PlaceInPatternsAsync(Mailbox mailbox, HashSet<string> placed, long through)
    {
        var patterns = mailbox.Subscriptions.Values.Where(static held => held.Topic.IsPattern)
            .Select(held => (held.Topic.Id.Name, Since: Math.Max(held.Since, through))).ToList();
        if (patterns.Count == 0)
        {
            return;
        }

        await foreach (var channel in ChangedAsync(mailbox.Tenant, patterns.Min(static pattern => pattern.Since)))
        {
            var matching = patterns.Where(pattern => ChannelName.Matches(pattern.Name, channel.Name)).ToList();
            if (matching.Count > 0)
            {
                PlaceIn(mailbox, channel, await log.FindAsync(channel, matching.Min(static pattern => pattern.Since)), placed.Contains(channel.Name));
            }
        }
    }

    private void PlaceIn(Mailbox mailbox, ChannelId channel, LogPlace place, bool isPlaced)
    {
        lock (_lock)
        {
            var feed = FeedOf(channel);
            if (feed.Epoch == 0)
            {
                // Other sessions may still be owed an event that is under way.
                feed.Start(place.Head.Epoch, place.Head.Offset);
                feed.MayStartEarlier = true;
            }

            if (!isPlaced)
            {
                mailbox.Cursors[channel.Name] = new LogPosition(place.Head.Epoch, place.Offset);
            }
        }
    }

    private async IAsyncEnumerable<ChannelId> ChangedAsync(string tenant, long since)
    {
        for (var at = since; ;)
        {
            var changed = await log.ReadChangedAsync(tenant, at, ChangedPage);
            foreach (var name in changed.Channels)
            {
                yield return new ChannelId(tenant, name);
            }

            if (changed.Channels.Count < ChangedPage)
            {
                yield break;
            }

            at = changed.Sequence;
        }
    }

    private List<Topic> TopicsOf(ChannelId channel)
    {
        var topics = new List<Topic>();
        foreach (var name in ChannelName.PatternsOf(channel.Name).Append(channel.Name))
        {
            if (_topics.TryGetValue(channel with { Name = name }, out var topic))
            {
                topics.Add(topic);
            }
        }

        return topics;
    }
}
