using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <summary>A subscription of a notification socket.</summary>
/// <param name="Id">Its number: from 0, never used again on the socket.</param>
/// <param name="Types">The types it wants; none means all.</param>
internal sealed record SmcSubscription(int Id, IReadOnlyList<string> Types)
{
    private const string Everything = "/elements/**";

    /// <summary>The patterns of channels it needs.</summary>
    public IEnumerable<string> Patterns => Types.Count == 0 ? [Everything] : Types.Select(static type => $"/elements/{type}/*");

    public static SmcSubscription Of(int id, SmcRequest request) => new(id, request.Names);

    public bool Wants(string type) => Types.Count == 0 || Types.Contains(type, StringComparer.Ordinal);
}

/// <summary>The subscriptions of a socket. Used by its reader alone.</summary>
internal sealed class SmcSubscriptions
{
    private readonly Dictionary<int, SmcSubscription> _byId = [];
    private readonly Dictionary<string, int> _patterns = new(StringComparer.Ordinal);

    public int Count => _byId.Count;

    /// <summary>The number of the next subscription.</summary>
    public int NextId { get; private set; }

    /// <summary>The patterns of a subscription that no other has.</summary>
    public string[] MissingFor(SmcSubscription subscription) => [.. subscription.Patterns.Where(pattern => !_patterns.ContainsKey(pattern))];

    public void Add(SmcSubscription subscription)
    {
        _byId.Add(subscription.Id, subscription);
        NextId = subscription.Id + 1;
        foreach (var pattern in subscription.Patterns)
        {
            _patterns[pattern] = _patterns.GetValueOrDefault(pattern) + 1;
        }
    }

    /// <summary>Removes a subscription.</summary>
    /// <returns>The patterns that nobody has any more; null if there is no such subscription.</returns>
    public string[]? Remove(int id)
    {
        if (!_byId.Remove(id, out var subscription))
        {
            return null;
        }

        var free = new List<string>();
        foreach (var pattern in subscription.Patterns)
        {
            if (--_patterns[pattern] == 0)
            {
                _patterns.Remove(pattern);
                free.Add(pattern);
            }
        }

        return [.. free];
    }
}
