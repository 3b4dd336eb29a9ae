namespace Tidings.Grains.Fanout;

/// <content>Joining a session to a gateway, and topics to channels.</content>
internal sealed partial class SiloFanout
{
    /// <summary>
    /// Joins when everything missed is at hand: missed messages and join travel in one frame, so that no live message can come between.
    /// </summary>
    private static bool TryJoin(
        Mailbox mailbox,
        GatewayLink link,
        Dictionary<ChannelFeed, LogPosition> caughtUp,
        CatchUpBudget budget,
        out List<(ChannelFeed Feed, LogPosition Cursor)> beyondTail)
    {
        beyondTail = [];
        var batches = new List<ChannelBatch>();
        foreach (var (feed, _) in mailbox.Feeds())
        {
            var cursor = caughtUp.TryGetValue(feed, out var later) ? later : mailbox.CursorOf(feed);
            var reached = feed.TryTail(cursor.Offset, out var messages);
            if (cursor.Epoch != feed.Epoch || !reached)
            {
                beyondTail.Add((feed, cursor));
            }
            else if (messages.Length > 0)
            {
                batches.Add(BatchOf(feed, messages));
            }
        }

        if (beyondTail.Count > 0)
        {
            return false;
        }

        if (!budget.Fits(batches))
        {
            SendPart(mailbox, link, batches, budget);
            return false;
        }

        Join(mailbox, link, [.. batches]);
        return true;
    }

    /// <summary>More was missed than may wait for one session: sends as much as may, and leaves the rest for the next time.</summary>
    private static void SendPart(Mailbox mailbox, GatewayLink link, List<ChannelBatch> batches, CatchUpBudget budget)
    {
        foreach (var batch in batches.TakeWhile(_ => !budget.IsSpent))
        {
            var part = budget.Part(batch.Messages);
            budget.Spend(part);
            link.Add(
                FrameFor(mailbox, LinkFrameKind.CatchUp, [], [new ChannelBatch { Channel = batch.Channel, Epoch = batch.Epoch, Messages = part, Head = batch.Head }]),
                part.Sum(static message => message.Size));
        }
    }

    private static void Join(Mailbox mailbox, GatewayLink link, ChannelBatch[] missed)
    {
        var frame = link.Add(
            FrameFor(mailbox, LinkFrameKind.Join, [.. mailbox.Subscriptions.Keys], missed, HeadsFor(link, mailbox.Subscriptions.Values.Select(static held => held.Topic))),
            missed.Sum(static batch => batch.Messages.Sum(static message => message.Size)));
        mailbox.Link = link;
        mailbox.JoinFrame = frame;
        mailbox.Deadline = null;
        JoinTopics(mailbox, link, [.. mailbox.Subscriptions.Values.Select(subscription => subscription.Topic)], frame);
        foreach (var direct in mailbox.TakeDirects())
        {
            link.Add(DirectFrame(mailbox, direct), direct.Body.Length);
        }
    }

    private static void JoinTopics(Mailbox mailbox, GatewayLink link, List<Topic> topics, long frame)
    {
        foreach (var topic in topics)
        {
            topic.AddLink(link);
            mailbox.Subscriptions[topic.Id.Name] = mailbox.Subscriptions[topic.Id.Name] with { JoinFrame = frame };
            foreach (var feed in topic.Feeds)
            {
                feed.NoteSent(link, frame, StandOf(feed, link));
            }
        }
    }

    /// <summary>Up to which offset a session that joins a gateway now has everything.</summary>
    private static long StandOf(ChannelFeed feed, GatewayLink link) => link.Behind.Contains(feed) ? feed.LastSent(link) : feed.Head;

    /// <summary>Where the channels of some topics stand, as far as a gateway has not been told.</summary>
    private static ChannelCursor[] HeadsFor(GatewayLink link, IEnumerable<Topic> topics) =>
        [.. topics.SelectMany(static topic => topic.Feeds).Where(feed => feed.Epoch > 0 && (!feed.IsKnownTo(link) || feed.LastSent(link) != StandOf(feed, link))).Distinct()
            .Select(feed => new ChannelCursor(feed.Channel.Name, StandOf(feed, link), feed.Epoch))];

    /// <summary>Sends what was read of a log to one session; tells a gap where the log begins after its cursor.</summary>
    private LogPosition CatchUp(
        Mailbox mailbox, GatewayLink link, ChannelFeed feed, LogPosition cursor, LogRead read, CatchUpBudget budget)
    {
        var lost = cursor.Epoch != feed.Epoch || read.First > cursor.Offset + 1;
        if (lost)
        {
            metrics.GapsTold.Add(1);
            link.Add(new LinkFrame
            {
                Kind = LinkFrameKind.Gap,
                Tenant = mailbox.Tenant,
                Session = mailbox.SessionId,
                Stay = mailbox.Stay,
                Gap = new ChannelCursor(feed.Channel.Name, read.First),
            });
        }

        var messages = UpToHead(feed, read.Messages);
        if (messages.Length == 0)
        {
            return new LogPosition(feed.Epoch, feed.Head);
        }

        budget.Spend(messages);
        var bytes = messages.Sum(static message => message.Size);
        link.Add(FrameFor(mailbox, LinkFrameKind.CatchUp, [], [BatchOf(feed, messages)]), bytes);
        return new LogPosition(feed.Epoch, messages[^1].Offset);
    }

    /// <summary>The log may be ahead of the live path: what that is still to bring must not be sent twice.</summary>
    private static Message[] UpToHead(ChannelFeed feed, Message[] messages) =>
        messages.Length > 0 && messages[^1].Offset > feed.Head ? [.. messages.Where(message => message.Offset <= feed.Head)] : messages;

    private static LinkFrame FrameFor(
        Mailbox mailbox, LinkFrameKind kind, string[] subscriptions, ChannelBatch[]? batches = null, ChannelCursor[]? heads = null) => new()
        {
            Kind = kind,
            Tenant = mailbox.Tenant,
            Session = mailbox.SessionId,
            Stay = mailbox.Stay,
            Subscriptions = subscriptions,
            Batches = batches ?? [],
            Heads = heads ?? [],
        };

    private static LinkFrame DirectFrame(Mailbox mailbox, DirectMessage message) => new()
    {
        Kind = LinkFrameKind.Direct,
        Tenant = mailbox.Tenant,
        Session = mailbox.SessionId,
        Stay = mailbox.Stay,
        Direct = message,
    };

    private Topic TopicOf(ChannelId id)
    {
        if (!_topics.TryGetValue(id, out var topic))
        {
            _topics[id] = topic = new Topic(id);
            foreach (var feed in MatchingFeeds(topic))
            {
                topic.Feeds.Add(feed);
                feed.Topics.Add(topic);
            }
        }

        topic.Users++;
        return topic;
    }

    private IEnumerable<ChannelFeed> MatchingFeeds(Topic topic)
    {
        if (!topic.IsPattern)
        {
            return _feeds.TryGetValue(topic.Id, out var feed) ? [feed] : [];
        }

        return _feeds.Values.Where(feed => feed.Channel.Tenant == topic.Id.Tenant && ChannelName.Matches(topic.Id.Name, feed.Channel.Name));
    }

    /// <summary>Tells the channel, or the registry of patterns, that this silo wants messages; a channel answers with its head.</summary>
    private async Task<SubscribeStatus> RegisterAsync(Topic topic)
    {
        if (_unregistering.TryGetValue(topic.Id, out var leaving))
        {
            await leaving;
        }

        if (topic.IsPattern)
        {
            if (!await TryAdmitAsync(topic))
            {
                return SubscribeStatus.TooManyPatterns;
            }

            await grains.GetGrain<IPatternRegistryGrain>(topic.Id.Tenant).Add(topic.Id.Name, _silo);
            topic.Sequence = await log.SequenceAsync(topic.Id.Tenant);
            return SubscribeStatus.Done;
        }

        var head = await grains.GetGrain<IChannelGrain>(topic.Id.ToKey()).Register(_silo);
        if (head.Epoch == 0)
        {
            return SubscribeStatus.TooManyChannels;
        }

        lock (_lock)
        {
            var feed = FeedOf(topic.Id);
            if (head.Epoch > feed.Epoch || (head.Epoch == feed.Epoch && head.Offset > feed.Head && feed.Topics.Count == 1))
            {
                // An event sent before the silo last left the channel may have come in between; nobody has joined yet.
                feed.MayStartEarlier = feed.Epoch == 0 && feed.Topics.Count > 1;
                feed.Start(head.Epoch, head.Offset);
            }
        }

        return SubscribeStatus.Done;
    }

    /// <summary>
    /// Whether the tenant may have a pattern. What any silo has already is never refused, so that sessions can move; silos that ask for others
    /// at the same moment may come out above the bound.
    /// </summary>
    private async ValueTask<bool> TryAdmitAsync(Topic topic)
    {
        var known = await patterns.OfAsync(topic.Id.Tenant);
        lock (_lock)
        {
            var own = _patternsPerTenant.GetValueOrDefault(topic.Id.Tenant);
            if (topic.IsAdmitted)
            {
                return true;
            }

            if (Math.Max(own, known.Count) >= Limits.PatternsPerTenant && !known.Contains(topic.Id.Name))
            {
                metrics.ChannelsRefused.Add(1);
                return false;
            }

            topic.IsAdmitted = true;
            _patternsPerTenant[topic.Id.Tenant] = own + 1;
            return true;
        }
    }

    private async Task UnregisterAsync(Topic topic)
    {
        try
        {
            await (topic.IsPattern
                ? grains.GetGrain<IPatternRegistryGrain>(topic.Id.Tenant).Remove(topic.Id.Name, _silo)
                : grains.GetGrain<IChannelGrain>(topic.Id.ToKey()).Unregister(_silo).AsTask());
        }
        catch (Exception exception)
        {
            Log.UnregisterFailed(logger, topic.Id.Name, exception);
        }
    }

    private void LeaveTopic(Mailbox mailbox, Subscription held)
    {
        if (mailbox.Link is { } link && held.JoinFrame != NotJoined)
        {
            held.Topic.RemoveLink(link);
        }

        Leave(held.Topic);
    }

    private void Leave(Topic topic)
    {
        if (--topic.Users == 0)
        {
            topic.UnusedSince = time.GetSteadyNow();
        }
    }

    private void RemoveTopic(Topic topic)
    {
        _topics.Remove(topic.Id);
        if (topic.IsAdmitted)
        {
            _patternsPerTenant[topic.Id.Tenant]--;
        }

        foreach (var feed in topic.Feeds.ToList())
        {
            // A channel that is not followed any more must not be mistaken for a current one later.
            feed.Topics.Remove(topic);
            if (feed.Topics.Count == 0)
            {
                RemoveFeed(feed);
            }
        }
    }
}
