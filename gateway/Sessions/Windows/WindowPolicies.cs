using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Sessions;

/// <summary>The policies that are configured, by channel. Asked only when a window is full.</summary>
internal sealed class WindowPolicies(IOptions<WindowOptions> options, GatewayMetrics metrics)
{
    private readonly (string Channels, WindowPolicy? Policy)[] _rules = [.. options.Value.Rules.Select(static rule => (rule.Channels, Create(rule.WhenFull)))];

    /// <summary>The policy for a channel; null: the log is read.</summary>
    public WindowPolicy? Of(string channel) => Array.Find(_rules, rule => ChannelName.Matches(rule.Channels, channel)).Policy;

    /// <summary>Messages of one session were dropped.</summary>
    public void Count(WindowPolicy policy, int messages) => metrics.MessagesDropped.Add(messages, new KeyValuePair<string, object?>("reason", policy.Name));

    private static WindowPolicy? Create(WhenFull whenFull) => whenFull switch
    {
        WhenFull.DropOldest => new DropOldest(),
        WhenFull.KeepLatest => new KeepLatest(),
        WhenFull.EndSession => new EndSession(),
        _ => null,
    };
}
