using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>What the codec accepts, by the server's limits.</summary>
internal static class BayeuxReading
{
    public static BayeuxReaderLimits LimitsOf(TidingsLimits limits) => new()
    {
        MaxMessages = limits.MessagesPerRequest,
        MaxDepth = limits.JsonDepth,
        MaxIdBytes = limits.MessageIdBytes,
        MaxChannelLength = limits.ChannelNameLength,
        MaxSubscriptions = limits.SubscriptionsPerSession,
    };
}
