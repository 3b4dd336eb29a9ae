using System.Collections.Concurrent;

namespace Tidings.Client.Sessions;

/// <summary>A client's subscriptions by their names, and the way of a message to those that match.</summary>
internal sealed class SubscriptionTable
{
    private readonly ConcurrentDictionary<string, TidingsSubscription> _byName = new(StringComparer.Ordinal);
    private int _patterns;

    public IEnumerable<TidingsSubscription> All => _byName.Values;

    public bool TryAdd(TidingsSubscription subscription)
    {
        var added = _byName.TryAdd(subscription.Channel, subscription);
        if (added && subscription.IsPattern)
        {
            Interlocked.Increment(ref _patterns);
        }

        return added;
    }

    public void Remove(TidingsSubscription subscription)
    {
        if (_byName.TryRemove(KeyValuePair.Create(subscription.Channel, subscription)) && subscription.IsPattern)
        {
            Interlocked.Decrement(ref _patterns);
        }
    }

    /// <summary>Hands a message to each subscription that matches; waits for room in them.</summary>
    public async ValueTask DeliverAsync(TidingsMessage message, CancellationToken cancellationToken)
    {
        if (_byName.TryGetValue(message.Channel, out var exact))
        {
            await exact.DeliverAsync(message, cancellationToken);
        }

        foreach (var pattern in _patterns == 0 ? [] : PatternsOf(message.Channel))
        {
            if (_byName.TryGetValue(pattern, out var subscription))
            {
                await subscription.DeliverAsync(message, cancellationToken);
            }
        }
    }

    /// <summary>Every pattern that matches a channel: <c>/a/b</c> gives <c>/a/*</c>, <c>/a/**</c>, <c>/**</c>.</summary>
    internal static IEnumerable<string> PatternsOf(string channel)
    {
        var slash = channel.LastIndexOf('/');
        yield return $"{channel.AsSpan(0, slash + 1)}*";
        for (; slash >= 0; slash = slash == 0 ? -1 : channel.LastIndexOf('/', slash - 1))
        {
            yield return $"{channel.AsSpan(0, slash + 1)}**";
        }
    }
}
