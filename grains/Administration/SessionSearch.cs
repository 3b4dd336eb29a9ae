using Tidings.Grains.Fanout;

namespace Tidings.Grains.Administration;

/// <summary>Finds sessions among those of a silo. Looks at what does not change while they live, so that no delivery waits for it.</summary>
internal static class SessionSearch
{
    /// <summary>The most that one answer names.</summary>
    public const int Most = 1000;

    /// <summary>The first sessions that match, in the order of their ids.</summary>
    public static Mailbox[] Find(IReadOnlyList<Mailbox> sessions, SessionQuery query) =>
    [
        .. sessions.Where(session => Matches(session, query))
            .OrderBy(static session => session.SessionId, StringComparer.Ordinal)
            .Take(Math.Clamp(query.Limit, 1, Most)),
    ];

    private static bool Matches(Mailbox session, SessionQuery query) =>
        (query.Tenant is null ? session.Tenant != ChannelId.HealthTenant : session.Tenant == query.Tenant)
        && (query.After is null || string.CompareOrdinal(session.SessionId, query.After) > 0)
        && (string.IsNullOrEmpty(query.Text) || Has(session.SessionId, query.Text) || Says(session.Description, query.Text));

    private static bool Says(SessionDescription? description, string text) =>
        description is not null && (Has(description.Owner?.User, text) || Has(description.Peer, text) || Has(description.Protocol, text));

    private static bool Has(string? said, string text) => said is not null && said.Contains(text, StringComparison.OrdinalIgnoreCase);
}
