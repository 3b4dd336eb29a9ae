using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Sessions;

/// <summary>The policies that are configured, by channel. Asked only when a window is full.</summary>
internal sealed class WindowPolicies(IOptions<WindowOptions> options, GatewayMetrics metrics)
{
    private Compiled _compiled = Compile(options.Value);

    /// <summary>The policy for a channel; null: the log is read.</summary>
    public WindowPolicy? Of(string channel) => Array.Find(Current().Rules, rule => ChannelName.Matches(rule.Channels, channel)).Policy;

    /// <summary>Messages of one session were dropped.</summary>
    public void Count(WindowPolicy policy, int messages) => metrics.MessagesDropped.Add(messages, new KeyValuePair<string, object?>("reason", policy.Name));

    /// <summary>The rules as they are configured now.</summary>
    private Compiled Current()
    {
        var configured = options.Value;
        var compiled = Volatile.Read(ref _compiled);
        if (!ReferenceEquals(compiled.From, configured))
        {
            Volatile.Write(ref _compiled, compiled = Compile(configured));
        }

        return compiled;
    }

    private static Compiled Compile(WindowOptions from) => new(from, [.. from.Rules.Select(static rule => (rule.Channels, Create(rule.WhenFull)))]);

    private static WindowPolicy? Create(WhenFull whenFull) => whenFull switch
    {
        WhenFull.DropOldest => new DropOldest(),
        WhenFull.KeepLatest => new KeepLatest(),
        WhenFull.EndSession => new EndSession(),
        _ => null,
    };

    private sealed record Compiled(WindowOptions From, (string Channels, WindowPolicy? Policy)[] Rules);
}
