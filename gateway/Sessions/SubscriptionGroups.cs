namespace Tidings.Gateway.Sessions;

/// <summary>The sessions of one silo at this gateway that hold one subscription.</summary>
internal sealed class SubscriptionGroup(ChannelId id)
{
    public ChannelId Id => id;

    public HashSet<LocalSession> Members { get; } = [];
}

/// <summary>Who of one silo's sessions at this gateway holds which subscription. Not thread safe.</summary>
internal sealed class SubscriptionGroups
{
    private static readonly HashSet<LocalSession> NoMembers = [];
    private readonly Dictionary<ChannelId, SubscriptionGroup> _groups = [];

    public HashSet<LocalSession> MembersOf(string tenant, string name) =>
        _groups.TryGetValue(new ChannelId(tenant, name), out var group) ? group.Members : NoMembers;

    public void Add(LocalSession session, ChannelId id)
    {
        if (!_groups.TryGetValue(id, out var group))
        {
            _groups[id] = group = new SubscriptionGroup(id);
        }

        if (group.Members.Add(session))
        {
            session.Groups.Add(group);
        }
    }

    public void Remove(LocalSession session, string name)
    {
        if (session.Groups.Find(group => group.Id.Name == name) is { } group)
        {
            Remove(session, group);
            session.Groups.Remove(group);
        }
    }

    public void RemoveAll(LocalSession session)
    {
        foreach (var group in session.Groups)
        {
            Remove(session, group);
        }

        session.Groups.Clear();
    }

    private void Remove(LocalSession session, SubscriptionGroup group)
    {
        if (group.Members.Remove(session) && group.Members.Count == 0)
        {
            _groups.Remove(group.Id);
        }
    }
}
