namespace Tidings.Grains.Fanout;

/// <content>What administrators look at. Nothing changes by it; what is gathered while the lock is held is bounded by the page that was asked for.</content>
internal sealed partial class SiloFanout
{
    private const int MostSubscriptionsShown = 1000;

    /// <summary>How many sessions of clients live here.</summary>
    public int SessionCount
    {
        get
        {
            lock (_lock)
            {
                return _mailboxes.Count - _sessionsPerTenant.GetValueOrDefault(ChannelId.HealthTenant);
            }
        }
    }

    /// <summary>A session of this silo; null if it is none of the tenant's.</summary>
    public Mailbox? Find(string? tenant, string sessionId)
    {
        lock (_lock)
        {
            return _mailboxes.TryGetValue(sessionId, out var mailbox) && (tenant is null || mailbox.Tenant == tenant) ? mailbox : null;
        }
    }

    /// <summary>A gateway that holds sessions of this silo.</summary>
    public GatewayAddress? GatewayOf(string id)
    {
        lock (_lock)
        {
            return _links.TryGetValue(id, out var link) && !link.IsLost ? link.Gateway : null;
        }
    }

    /// <summary>Where a session without a gateway stands, to be written to a log.</summary>
    public string PlacesOf(Mailbox session)
    {
        lock (_lock)
        {
            return string.Join(", ", session.Feeds().Select(pair => $"{pair.Feed.Channel.Name} {session.CursorOf(pair.Feed).Offset} of {pair.Feed.Head}"));
        }
    }

    /// <summary>Sessions as they are shown, without what their gateways know.</summary>
    public SessionView[] ViewsOf(IReadOnlyList<Mailbox> sessions, string silo)
    {
        lock (_lock)
        {
            return
            [
                .. sessions.Select(session => new SessionView
                {
                    Id = session.SessionId,
                    Tenant = session.Tenant,
                    Facts = session.Description is { } description ? SessionFacts.Of(description) : null,
                    Silo = silo,
                    Gateway = session.Link?.GatewayId,
                    Subscriptions = session.Subscriptions.Count,
                }),
            ];
        }
    }

    /// <summary>Where a session stands in what it is subscribed to.</summary>
    public SubscriptionView[] SubscriptionsOf(Mailbox session)
    {
        lock (_lock)
        {
            var cursors = CursorsOf(session).DistinctBy(static cursor => cursor.Channel).ToDictionary(static cursor => cursor.Channel, static cursor => cursor.Offset);
            return
            [
                .. session.Subscriptions.Values.OrderBy(static held => held.Topic.Id.Name, StringComparer.Ordinal).Take(MostSubscriptionsShown).Select(held =>
                {
                    var name = held.Topic.Id.Name;
                    var head = held.Topic.IsPattern || !_feeds.TryGetValue(held.Topic.Id, out var feed) || feed.Head < 0 ? (long?)null : feed.Head;
                    return new SubscriptionView(name, head is not null && cursors.TryGetValue(name, out var cursor) ? cursor : null, head);
                }),
            ];
        }
    }

    /// <summary>The first channels that sessions here are subscribed to by name, among those that a query looks for.</summary>
    public string[] NamesOf(ChannelQuery query)
    {
        Topic[] topics;
        lock (_lock)
        {
            topics = [.. _topics.Values];
        }

        return
        [
            .. topics.Where(topic => topic is { IsPattern: false, Users: > 0 } && topic.Id.Tenant == query.Tenant && query.Matches(topic.Id.Name))
                .Select(static topic => topic.Id.Name)
                .Order(StringComparer.Ordinal)
                .Take(query.Limit),
        ];
    }

    /// <summary>How many sessions here hold each of some names and patterns.</summary>
    public int[] SubscribersOf(string tenant, string[] names)
    {
        lock (_lock)
        {
            return Array.ConvertAll(names, name => _topics.TryGetValue(new ChannelId(tenant, name), out var topic) ? topic.Users : 0);
        }
    }
}
