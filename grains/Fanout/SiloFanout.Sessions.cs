using Tidings.Grains.Logs;

namespace Tidings.Grains.Fanout;

/// <content>Sessions come, subscribe, move between gateways and go.</content>
internal sealed partial class SiloFanout
{
    /// <summary>A client that talks but never asks for deliveries is gone after this many lifetimes more.</summary>
    private const int LongestWithoutGateway = 2;

    private readonly Dictionary<string, Mailbox> _mailboxes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _patternsPerTenant = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _sessionsPerTenant = new(StringComparer.Ordinal);

    /// <summary>Begins a session and joins it to a gateway; null when its tenant has too many.</summary>
    public Mailbox? Open(string tenant, string sessionId, TimeSpan lifetime, GatewayAddress gateway, long stay)
    {
        lock (_lock)
        {
            var count = _sessionsPerTenant.GetValueOrDefault(tenant);
            if (count >= Limits.SessionsPerTenant)
            {
                return null;
            }

            _sessionsPerTenant[tenant] = count + 1;
            var mailbox = new Mailbox(tenant, sessionId) { Lifetime = lifetime, Stay = stay, SaveAsked = time.GetSteadyNow() };
            _mailboxes[sessionId] = mailbox;
            Join(mailbox, LinkOf(gateway), []);
            metrics.SessionsOpened.Add(1);
            return mailbox;
        }
    }

    /// <summary>Registers the silo with channels and patterns, so that their messages come here. All or nothing.</summary>
    /// <returns><see cref="SubscribeStatus.Done"/> and the topics, or why the tenant may not have one of them.</returns>
    /// <exception cref="Exception">A channel or the registry could not be reached.</exception>
    public async Task<(SubscribeStatus Status, Topic[] Topics)> AcquireAsync(string tenant, string[] subscriptions)
    {
        Topic[] topics;
        Task<SubscribeStatus>[] registrations;
        lock (_lock)
        {
            topics = [.. subscriptions.Select(name => TopicOf(new ChannelId(tenant, name)))];
            registrations = [.. topics.Select(topic => topic.Registration ??= Task.Run(() => RegisterAsync(topic)))];
        }

        try
        {
            var refused = Array.Find(await Task.WhenAll(registrations), static status => status != SubscribeStatus.Done);
            if (refused == SubscribeStatus.Done)
            {
                return (refused, topics);
            }

            Release(topics);
            return (refused, []);
        }
        catch
        {
            Release(topics);
            throw;
        }
    }

    /// <summary>Gives topics back that no session came to hold. Those that could not be registered are tried again by who wants them next.</summary>
    public void Release(Topic[] topics)
    {
        lock (_lock)
        {
            foreach (var topic in topics)
            {
                topic.Registration = topic.Registration is { IsCompleted: true } and not { IsCompletedSuccessfully: true, Result: SubscribeStatus.Done } ? null : topic.Registration;
                Leave(topic);
            }
        }
    }

    /// <summary>Subscribes a session to acquired topics, from their heads on.</summary>
    public void Subscribe(Mailbox mailbox, Topic[] topics)
    {
        lock (_lock)
        {
            var since = LogSequence.At(time.GetUtcNow() - ClockSkew);
            var added = new List<Topic>();
            foreach (var topic in topics)
            {
                if (mailbox.Subscriptions.TryAdd(topic.Id.Name, new Subscription(topic, 0, since)))
                {
                    added.Add(topic);
                }
                else
                {
                    Leave(topic);
                }
            }

            if (mailbox.Link is { } link)
            {
                var join = FrameFor(mailbox, LinkFrameKind.Join, [.. added.Select(topic => topic.Id.Name)], heads: HeadsFor(link, added));
                JoinTopics(mailbox, link, added, link.Add(join));
                return;
            }

            foreach (var feed in added.SelectMany(topic => topic.Feeds))
            {
                mailbox.Cursors.TryAdd(feed.Channel.Name, new LogPosition(feed.Epoch, feed.Head));
            }
        }
    }

    public void Unsubscribe(Mailbox mailbox, string[] names)
    {
        lock (_lock)
        {
            var held = names.Where(mailbox.Subscriptions.ContainsKey).Distinct(StringComparer.Ordinal).ToArray();
            if (held.Length == 0)
            {
                return;
            }

            mailbox.Link?.Add(FrameFor(mailbox, LinkFrameKind.Leave, held));
            foreach (var name in held)
            {
                mailbox.Subscriptions.Remove(name, out var subscription);
                LeaveTopic(mailbox, subscription);
                ForgetCursors(mailbox, subscription.Topic);
            }
        }
    }

    /// <summary>
    /// Joins a session to a gateway, after what it missed. Reads the logs only where the messages at hand do not reach back far enough.
    /// </summary>
    /// <param name="mailbox">The session.</param>
    /// <param name="gateway">The gateway.</param>
    /// <param name="lost">A link that the gateway has given up, which this silo may not have noticed yet.</param>
    /// <returns>False when a first part is on its way and the rest must wait until that is delivered.</returns>
    public async Task<bool> AttachAsync(Mailbox mailbox, GatewayAddress gateway, long? lost = null)
    {
        var caughtUp = new Dictionary<ChannelFeed, LogPosition>();
        var budget = new CatchUpBudget(Limits);
        while (true)
        {
            List<(ChannelFeed Feed, LogPosition Cursor)> beyondTail;
            GatewayLink link;
            lock (_lock)
            {
                link = LinkOf(gateway, lost);
                if (link.Stalled)
                {
                    return false;
                }

                if (budget.IsSpent)
                {
                    return false;
                }

                if (TryJoin(mailbox, link, caughtUp, budget, out beyondTail))
                {
                    return true;
                }

                if (beyondTail.Count == 0)
                {
                    return false;
                }
            }

            foreach (var (feed, cursor) in beyondTail)
            {
                if (budget.IsSpent)
                {
                    return false;
                }

                var read = await log.ReadAsync(feed.Channel, cursor.Epoch == feed.Epoch ? cursor.Offset : 0, Limits.ReadMessages);
                lock (_lock)
                {
                    caughtUp[feed] = CatchUp(mailbox, link, feed, cursor, read, budget);
                }
            }
        }
    }

    /// <summary>The gateway that had the session gave it up: what it delivered becomes the session's cursors.</summary>
    /// <param name="mailbox">The session.</param>
    /// <param name="gatewayId">The gateway.</param>
    /// <param name="handover">What it delivered; null when it cannot be asked: then what it acknowledged last counts.</param>
    public void Detach(Mailbox mailbox, string? gatewayId, SessionHandover? handover)
    {
        lock (_lock)
        {
            if (mailbox.Link is { } link && link.GatewayId == gatewayId)
            {
                var (acknowledged, through) = AcknowledgedBy(mailbox, link);
                DetachFrom(mailbox, link, handover is null ? acknowledged : LastTaken(link, handover));
                mailbox.DeliveredThrough = handover is null ? through : time.GetUtcNow();
            }

            foreach (var cursor in handover?.Cursors ?? [])
            {
                if (mailbox.Replayed is { } replayed && replayed.Contains(cursor.Channel))
                {
                    // Its client said where it is to begin.
                    continue;
                }

                var channel = new ChannelId(mailbox.Tenant, cursor.Channel);
                if (_feeds.TryGetValue(channel, out var feed))
                {
                    mailbox.Cursors[cursor.Channel] = new LogPosition(cursor.Epoch == 0 ? feed.Epoch : cursor.Epoch, cursor.Offset);
                }
            }

            foreach (var direct in handover?.Directs ?? [])
            {
                Queue(mailbox, direct);
            }

            mailbox.Keep(handover);
        }
    }

    /// <summary>The gateway that has the session is about to be asked for it.</summary>
    public void BeginRelease(Mailbox mailbox)
    {
        lock (_lock)
        {
            mailbox.Asked = mailbox.Link is { } link ? (link.Id, link.Delivered, link.DeliveredThrough) : null;
        }
    }

    /// <summary>Whether a gateway still answers this silo.</summary>
    public bool IsReachable(GatewayAddress gateway)
    {
        lock (_lock)
        {
            return _links.TryGetValue(gateway.Id, out var link) && link is { IsLost: false, IsSilent: false };
        }
    }

    /// <summary>A gateway takes the session, and keeps its clock from now on.</summary>
    public void BeginStay(Mailbox mailbox, long stay)
    {
        lock (_lock)
        {
            mailbox.Stay = stay;
            mailbox.Deadline = null;
            mailbox.Replayed = null;
            mailbox.Asked = null;
        }
    }

    /// <summary>Starts the clock that ends a session without a gateway.</summary>
    public void SetDeadline(Mailbox mailbox, TimeSpan lifetime)
    {
        lock (_lock)
        {
            StartClock(mailbox, lifetime);
        }
    }

    /// <summary>Prolongs a waiting session by its lifetime, from now.</summary>
    public void Touch(Mailbox mailbox)
    {
        if (mailbox.Deadline is null)
        {
            // Its gateway keeps its clock. Should that be lost right now, a whole lifetime begins anyway.
            return;
        }

        lock (_lock)
        {
            if (mailbox.Deadline is { } deadline && time.GetSteadyNow() + mailbox.Lifetime is var later && later > deadline)
            {
                mailbox.Deadline = later < mailbox.LastDeadline ? later : mailbox.LastDeadline;
            }
        }
    }

    public void Deliver(Mailbox mailbox, DirectMessage message)
    {
        lock (_lock)
        {
            if (mailbox.Link is not { } link)
            {
                Queue(mailbox, message);
            }
            else if (link.IsFull)
            {
                // No log has it, so that it cannot wait there as others do.
                metrics.DirectsDropped.Add(1);
            }
            else
            {
                link.Add(DirectFrame(mailbox, message), message.Body.Length);
            }
        }
    }

    /// <summary>Ends a session and tells the gateway that holds it.</summary>
    public void Close(Mailbox mailbox, GatewayAddress? holder, SessionEnd reason)
    {
        lock (_lock)
        {
            if (!Remove(mailbox))
            {
                return;
            }

            if (holder is not null && _links.TryGetValue(holder.Id, out var link))
            {
                link.Add(new LinkFrame { Kind = LinkFrameKind.End, Tenant = mailbox.Tenant, Session = mailbox.SessionId, Stay = mailbox.Stay, End = reason });
            }

            metrics.SessionsEnded.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
        }
    }

    /// <summary>The session goes on at another silo: its gateway is told to look for it there.</summary>
    public void MoveAway(Mailbox mailbox, GatewayAddress? holder)
    {
        lock (_lock)
        {
            if (Remove(mailbox) && holder is not null && _links.TryGetValue(holder.Id, out var link))
            {
                link.Add(FrameFor(mailbox, LinkFrameKind.Moved, []));
            }
        }
    }

    /// <summary>Another gateway takes a session from one that did not answer: should that one be alive, it is to give the session up.</summary>
    public void TellMoved(Mailbox mailbox, GatewayAddress holder)
    {
        lock (_lock)
        {
            if (_links.TryGetValue(holder.Id, out var link))
            {
                link.Add(FrameFor(mailbox, LinkFrameKind.Moved, []));
            }
        }
    }

    /// <summary>The sessions whose deadline has passed.</summary>
    public IReadOnlyList<Mailbox> TakeExpired()
    {
        lock (_lock)
        {
            var now = time.GetSteadyNow();
            return [.. _mailboxes.Values.Where(mailbox => mailbox.Deadline < now)];
        }
    }

    private bool Remove(Mailbox mailbox)
    {
        if (!((ICollection<KeyValuePair<string, Mailbox>>)_mailboxes).Remove(KeyValuePair.Create(mailbox.SessionId, mailbox)))
        {
            return false;
        }

        _sessionsPerTenant[mailbox.Tenant]--;
        foreach (var subscription in mailbox.Subscriptions.Values)
        {
            LeaveTopic(mailbox, subscription);
        }

        mailbox.Subscriptions.Clear();
        mailbox.Link = null;
        return true;
    }

    /// <summary>A session that subscribes again starts anew, not where it stood.</summary>
    private static void ForgetCursors(Mailbox mailbox, Topic topic)
    {
        foreach (var feed in topic.Feeds.Where(feed => !feed.Topics.Exists(other => mailbox.Subscriptions.ContainsKey(other.Id.Name))))
        {
            mailbox.Cursors.Remove(feed.Channel.Name);
        }
    }

    private void Queue(Mailbox mailbox, DirectMessage message)
    {
        if (mailbox.Queue(message, Limits.DirectMessagesPerSession))
        {
            metrics.DirectsDropped.Add(1);
        }
    }

    private void StartClock(Mailbox mailbox, TimeSpan lifetime)
    {
        mailbox.Deadline = time.GetSteadyNow() + lifetime;
        mailbox.LastDeadline = mailbox.Deadline.Value + (mailbox.Lifetime * LongestWithoutGateway);
    }

    /// <summary>The last frame of a link that a session got: none where its gateway had not met the link.</summary>
    private static long LastTaken(GatewayLink link, SessionHandover handover) => handover.Link == link.Id ? handover.Frame : 0;

    /// <summary>Up to which frame, and up to when, a gateway that cannot be asked has delivered everything to a session.</summary>
    private static (long Frame, DateTimeOffset Through) AcknowledgedBy(Mailbox mailbox, GatewayLink link) =>
        mailbox.Asked is { } asked && asked.Link == link.Id ? (asked.Frame, asked.Through) : (link.Delivered, link.DeliveredThrough);

    private static void DetachFrom(Mailbox mailbox, GatewayLink link, long frame)
    {
        // Before its join was taken in, the session stands where it stood then.
        if (frame >= mailbox.JoinFrame)
        {
            var before = mailbox.Cursors;
            mailbox.Cursors = new Dictionary<string, LogPosition>(StringComparer.Ordinal);
            foreach (var (feed, joinFrame) in mailbox.Feeds())
            {
                mailbox.Cursors[feed.Channel.Name] = frame < joinFrame && before.TryGetValue(feed.Channel.Name, out var waiting)
                    ? waiting
                    : new LogPosition(feed.Epoch, feed.OffsetAt(link, Math.Max(frame, joinFrame)));
            }
        }

        mailbox.Link = null;
        foreach (var subscription in mailbox.Subscriptions.Values.Where(static held => held.JoinFrame != NotJoined))
        {
            subscription.Topic.RemoveLink(link);
        }
    }

    private void OnLinkLost(GatewayLink link)
    {
        lock (_lock)
        {
            if (_links.TryGetValue(link.GatewayId, out var current) && ReferenceEquals(current, link))
            {
                metrics.GatewaysLost.Add(1);
                _links.Remove(link.GatewayId);
                _linked = [.. _links.Values];
            }

            foreach (var mailbox in _mailboxes.Values.Where(mailbox => ReferenceEquals(mailbox.Link, link)))
            {
                var (acknowledged, through) = AcknowledgedBy(mailbox, link);
                DetachFrom(mailbox, link, acknowledged);
                mailbox.DeliveredThrough = through;
                StartClock(mailbox, mailbox.Lifetime);
            }

            foreach (var feed in _feeds.Values)
            {
                feed.Forget(link);
            }

            foreach (var frame in link.TakeUnsent().Where(static frame => frame.Direct is not null))
            {
                if (_mailboxes.TryGetValue(frame.Session!, out var mailbox))
                {
                    Deliver(mailbox, frame.Direct!);
                }
            }
        }
    }
}
