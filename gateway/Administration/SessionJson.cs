namespace Tidings.Gateway.Administration;

/// <summary>A session in a list.</summary>
internal sealed record SessionJson
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public string? User { get; init; }

    public string? Protocol { get; init; }

    public string? Transport { get; init; }

    public string? Peer { get; init; }

    /// <summary>The gateway that holds it; null while it waits for one.</summary>
    public string? Gateway { get; init; }

    public required string Silo { get; init; }

    public DateTimeOffset? Opened { get; init; }

    /// <summary>When its client last asked for deliveries; null where its gateway did not say.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    public required int Subscriptions { get; init; }

    /// <summary>Messages that wait at its gateway to be written or acknowledged.</summary>
    public int? Pending { get; init; }

    public long? PendingBytes { get; init; }

    public static SessionJson Of(SessionView session) => new()
    {
        Id = session.Id,
        Tenant = session.Tenant,
        User = session.Facts?.User,
        Protocol = session.Facts?.Protocol,
        Transport = session.Window?.Transport,
        Peer = session.Facts?.Peer,
        Gateway = session.Gateway,
        Silo = session.Silo,
        Opened = session.Facts is { Opened: > 0 and var opened } ? DateTimeOffset.FromUnixTimeMilliseconds(opened) : null,
        LastSeen = session.Window is { LastSeen: > 0 and var seen } ? DateTimeOffset.FromUnixTimeMilliseconds(seen) : null,
        Subscriptions = session.Subscriptions,
        Pending = session.Window?.Pending,
        PendingBytes = session.Window?.PendingBytes,
    };
}

/// <summary>A session, looked at.</summary>
internal sealed record SessionDetailJson(
    string Id, string Tenant, string? User, string? Protocol, string? Transport, string? Peer, string? Gateway, string Silo, DateTimeOffset? Opened,
    DateTimeOffset? LastSeen, bool Acknowledges, bool Replays, int? Pending, long? PendingBytes, SubscriptionView[] Channels, GapJson[] Gaps)
{
    public static SessionDetailJson Of(SessionDetail detail)
    {
        var (all, facts) = (SessionJson.Of(detail.Session), detail.Session.Facts);
        return new SessionDetailJson(
            all.Id, all.Tenant, all.User, all.Protocol, all.Transport, all.Peer, all.Gateway, all.Silo, all.Opened, all.LastSeen,
            facts is { Acknowledges: true }, facts is { Replays: true }, all.Pending, all.PendingBytes, detail.Channels,
            [.. (detail.Session.Window?.Gaps ?? []).Select(static gap => new GapJson(gap.Channel, gap.Offset))]);
    }
}

/// <summary>Messages that are not coming any more, up to an offset.</summary>
internal sealed record GapJson(string Channel, long ResumedAt);
