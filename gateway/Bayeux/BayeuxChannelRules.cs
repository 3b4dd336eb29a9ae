using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Bayeux;

/// <summary>What is configured per channel: lazy messages, and publishers that do not get their own.</summary>
internal sealed class BayeuxChannelRules
{
    private const int MostKept = 10_000;
    private readonly IOptionsMonitor<BayeuxOptions> _options;
    private volatile ConcurrentDictionary<string, TimeSpan> _lazy = new(StringComparer.Ordinal);

    public BayeuxChannelRules(IOptionsMonitor<BayeuxOptions> options)
    {
        _options = options;
        options.OnChange((_, _) => _lazy = new(StringComparer.Ordinal));
    }

    /// <summary>Whether any channel is lazy.</summary>
    public bool AnyLazy => _options.CurrentValue.LazyChannels.Count > 0;

    /// <summary>How long a message of the item's channel may wait for others; zero for messages that travel at once.</summary>
    public TimeSpan LazinessOf(OutboxItem item)
    {
        var lazy = _options.CurrentValue.LazyChannels;
        return lazy.Count == 0 || item is not DeliveryBatch batch ? TimeSpan.Zero : LazinessOf(_lazy, batch.Channel.Name, lazy);
    }

    /// <summary>The same, worked out once a channel for a bounded number of them: channels come and go.</summary>
    private static TimeSpan LazinessOf(ConcurrentDictionary<string, TimeSpan> known, string channel, IReadOnlyDictionary<string, TimeSpan> rules)
    {
        if (known.TryGetValue(channel, out var wait))
        {
            return wait;
        }

        if (known.Count >= MostKept)
        {
            known.Clear();
        }

        return known[channel] = LazinessOf(channel, rules);
    }

    /// <summary>What to leave out for a session: its own messages, where publishers do not get these. Null when nothing is left out.</summary>
    public Func<DeliveryBatch, Message, bool>? LeaveOutFor(LocalSession session)
    {
        var current = _options.CurrentValue;
        if (current.BroadcastToPublisher && current.NoBroadcastToPublisher.Count == 0)
        {
            return null;
        }

        return (batch, message) => message.Item.Publisher == session.Id
            && (!current.BroadcastToPublisher || current.NoBroadcastToPublisher.Any(name => ChannelName.Matches(name, batch.Channel.Name)));
    }

    private static TimeSpan LazinessOf(string channel, IReadOnlyDictionary<string, TimeSpan> rules)
    {
        foreach (var name in ChannelName.PatternsOf(channel).Prepend(channel))
        {
            if (rules.TryGetValue(name, out var wait))
            {
                return wait;
            }
        }

        return TimeSpan.Zero;
    }
}
