using System.Diagnostics.Metrics;

namespace Tidings.Gateway;

/// <summary>The gateway's counters, on meter <c>Tidings</c>.</summary>
internal sealed class GatewayMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Tidings";

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        Delivered = meter.CreateCounter<long>("tidings.messages.delivered", "{message}", "Messages written whole to a client.");
        WindowsDropped = meter.CreateCounter<long>("tidings.windows.dropped", "{session}", "Sessions whose window was full and that went back to the log or were ended, by policy.");
        MessagesDropped = meter.CreateCounter<long>("tidings.messages.dropped", "{message}", "Messages not given to a session whose window was full, by the policy of their channel (reason), and those for it alone beyond their bound (direct).");
        Parked = meter.CreateCounter<long>("tidings.sessions.parked", "{session}", "Sessions given back to their silo because their client took nothing.");
        GapsTold = meter.CreateCounter<long>("tidings.gaps.told.sessions", "{session}", "Sessions told that a log no longer holds what they missed.");
        Refused = meter.CreateCounter<long>("tidings.requests.refused", "{request}", "Requests refused as malformed or over a bound, by reason.");
        PublishesRefused = meter.CreateCounter<long>("tidings.publishes.refused", "{message}", "Publishes refused because too much waited for their channel.");
        Matches = meter.CreateCounter<long>("tidings.smartrest.matches", "{match}", "Notifications matched with a template set: once for all sessions that use it.");
        RowsTruncated = meter.CreateCounter<long>("tidings.smartrest.truncated", "{response}", "Values that would have yielded more SmartREST rows than allowed.");
        AuditSuppressed = meter.CreateCounter<long>("tidings.audit.suppressed", "{event}", "Refusals that the audit does not have, since their caller caused too many.");
        Sessions = meter.CreateUpDownCounter<long>("tidings.sessions.attached", "{session}", "Sessions this gateway holds.");
    }

    /// <summary>Counts messages for one session alone that were dropped.</summary>
    public void CountDirectsDropped(int count)
    {
        if (count > 0)
        {
            MessagesDropped.Add(count, new KeyValuePair<string, object?>("reason", "direct"));
        }
    }

    public Counter<long> Delivered { get; }

    public Counter<long> WindowsDropped { get; }

    public Counter<long> MessagesDropped { get; }

    public Counter<long> Parked { get; }

    public Counter<long> GapsTold { get; }

    public Counter<long> Refused { get; }

    public Counter<long> PublishesRefused { get; }

    public Counter<long> Matches { get; }

    public Counter<long> RowsTruncated { get; }

    public Counter<long> AuditSuppressed { get; }

    public UpDownCounter<long> Sessions { get; }
}
