using Tidings.Protocols.Bayeux;

namespace Tidings.Client.Sessions;

/// <summary>What the server advised last; a member that was not sent keeps its value (Bayeux specification, "advice").</summary>
internal sealed class Advices
{
    private static readonly TimeSpan Unknown = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>How long the server holds connects.</summary>
    public TimeSpan Hold { get; private set; } = Unknown;

    /// <summary>How long to wait before the next connect.</summary>
    public TimeSpan Interval { get; private set; }

    public void Take(BayeuxAdvice? advice)
    {
        Hold = TimeOf(advice?.Timeout) ?? Hold;
        Interval = TimeOf(advice?.Interval) ?? Interval;
    }

    public static TimeSpan? TimeOf(long? milliseconds) =>
        milliseconds is { } time ? TimeSpan.FromMilliseconds(Math.Min(time, (long)Longest.TotalMilliseconds)) : null;

    public static bool IsNone(BayeuxMessage reply) => reply.Advice?.Reconnect == "none";

    public static bool IsHandshake(BayeuxMessage reply) => reply.Advice?.Reconnect == "handshake";
}
