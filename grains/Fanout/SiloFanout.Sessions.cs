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
}
