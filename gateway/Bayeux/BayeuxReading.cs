using System.Runtime.CompilerServices;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>What the codec accepts, by the server's limits.</summary>
internal static class BayeuxReading
{
    // Asked for with every request and frame, while limits change hardly ever.
    private static readonly ConditionalWeakTable<TidingsLimits, BayeuxReaderLimits> Known = [];

    public static BayeuxReaderLimits LimitsOf(TidingsLimits limits) => Known.GetValue(limits, Make);

    private static BayeuxReaderLimits Make(TidingsLimits limits) => new()
    {
        MaxMessages = limits.MessagesPerRequest,
        MaxDepth = limits.JsonDepth,
        MaxIdBytes = limits.MessageIdBytes,
        MaxChannelLength = limits.ChannelNameLength,
        MaxSubscriptions = limits.SubscriptionsPerSession,
    };
}
