namespace Tidings.Grains.Fanout;

/// <summary>
/// One subscription (a channel name or a pattern) of a tenant on this silo, shared by all its sessions that hold it.
/// Its first session registers the silo with the channel or the registry of patterns, and some time after its last the silo
/// unregisters. Guarded by the fan-out's lock.
/// </summary>
internal sealed class Topic(ChannelId id)
{
    /// <summary>Tenant and name or pattern.</summary>
    public ChannelId Id { get; } = id;

    public bool IsPattern { get; } = ChannelName.IsPattern(id.Name);

    /// <summary>For a pattern: whether it counts among its tenant's.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>Sessions that hold it, and subscribes under way.</summary>
    public int Users { get; set; }

    /// <summary>For a pattern: the point of the tenant's sequence that was reached when every silo knew of it, 0 where nothing was logged yet; null before.</summary>
    public long? Sequence { get; set; }

    /// <summary>When its last user left.</summary>
    public DateTimeOffset UnusedSince { get; set; }

    /// <summary>Completes when the silo is registered, or refused; null before the first try and after one that did not register it.</summary>
    public Task<SubscribeStatus>? Registration { get; set; }

    /// <summary>The channels seen so far that it matches.</summary>
    public HashSet<ChannelFeed> Feeds { get; } = [];

    /// <summary>How many sessions at each gateway are joined to it.</summary>
    public Dictionary<GatewayLink, int> Links { get; } = [];

    public void AddLink(GatewayLink link) => Links[link] = Links.GetValueOrDefault(link) + 1;

    public void RemoveLink(GatewayLink link)
    {
        if (Links.TryGetValue(link, out var sessions))
        {
            if (sessions > 1)
            {
                Links[link] = sessions - 1;
            }
            else
            {
                Links.Remove(link);
            }
        }
    }
}
