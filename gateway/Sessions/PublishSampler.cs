using System.Diagnostics;

namespace Tidings.Gateway.Sessions;

/// <summary>
/// Decides which messages are followed. Asked here, before a span is begun, since a span that a sampler drops costs an object with each message.
/// </summary>
/// <param name="share">The share of messages, from 0 to 1.</param>
internal sealed class PublishSampler(double share)
{
    /// <summary>Begins to follow a message; null if it is not followed.</summary>
    public Activity? Begin(ChannelId channel, PublishItem item) => MessageTrace.IsOn && Takes() ? MessageTrace.Publish(channel, item) : null;

    /// <summary>Part of a request that is traced, a message is followed if that is.</summary>
    private bool Takes() => Activity.Current is { } request ? request.Recorded : share >= 1 || Random.Shared.NextDouble() < share;
}
