using System.Diagnostics.Metrics;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway;

/// <summary>The gateway's counters and durations, on meter <c>Tidings</c>.</summary>
internal sealed class GatewayMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Tidings";

    private const int TimedOneIn = 16;

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
        AuditUnpublished = meter.CreateCounter<long>("tidings.audit.unpublished", "{entry}", "Entries of the audit that are in the log only, as too many came at once or their channel took none.");
        Connects = meter.CreateCounter<long>("tidings.connects", "{connect}", "Times a client came for its messages: sockets that took a session up, and polls.");
        SilosLost = meter.CreateCounter<long>("tidings.silos.lost", "{silo}", "Silos that fell silent, whose sessions are attached anew.");
        StaysDisowned = meter.CreateCounter<long>("tidings.stays.disowned", "{session}", "Sessions that a silo sent here for a stay given up long before, since it heard late of it.");
        PublishDuration = meter.CreateHistogram<double>("tidings.publish.duration", "s", "How long a publish waited for its answer, the log's included.", null, DurationBuckets.Advice);
        DeliveryDuration = meter.CreateHistogram<double>("tidings.delivery.duration", "s", "From the publish of the oldest message of a write, at its gateway, until the write was whole.", null, DurationBuckets.Advice);
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

    public Counter<long> AuditUnpublished { get; }

    public Counter<long> SilosLost { get; }

    public Counter<long> StaysDisowned { get; }

    private Counter<long> Connects { get; }

    private Histogram<double> PublishDuration { get; }

    private Histogram<double> DeliveryDuration { get; }

    public static KeyValuePair<string, object?> ProtocolTag(string? protocol) => new("protocol", protocol);

    public static KeyValuePair<string, object?> TransportTag(string? transport) => new("transport", transport);

    /// <summary>A client of a session has come for its messages.</summary>
    public void Connected(LocalSession session) =>
        Connects.Add(1, ProtocolTag(session.Description?.Protocol), TransportTag(session.Protocol?.Transport));

    /// <summary>A publish was answered.</summary>
    public void Published(TimeSpan waited, PublishStatus status)
    {
        if (status == PublishStatus.Stored)
        {
            PublishDuration.Record(waited.TotalSeconds);
        }
        else
        {
            PublishDuration.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("error.type", ErrorOf(status)));
        }
    }

    /// <summary>The word for a publish that failed; null for one that did not.</summary>
    public static string? ErrorOf(PublishStatus status) => status switch
    {
        PublishStatus.Stored => null,
        PublishStatus.Busy => "busy",
        _ => "unavailable",
    };

    /// <summary>
    /// Messages were written whole to a session's client. Called once per write, before what was written is given back: one time is taken of
    /// it, that of the message that waited longest. Of the many writes of one message that many sessions get, some chosen by chance are timed: as many
    /// writes would cost more to time than a tenth of what they cost.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="items">What was written.</param>
    /// <param name="time">The clock.</param>
    public void Written(LocalSession session, List<OutboxItem> items, TimeProvider time)
    {
        if (DeliveryDuration.Enabled && OldestOf(items) is { PublishedAt: var published, LiveFor: var sessions } && IsTimed(sessions))
        {
            var waited = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds - published;
            DeliveryDuration.Record(Math.Max(0, waited / 1_000_000), ProtocolTag(session.Description?.Protocol), TransportTag(session.Protocol?.Transport));
        }

        if (MessageTrace.IsOn)
        {
            foreach (var item in items)
            {
                (item as DeliveryBatch)?.Trace?.Written(session);
            }
        }
    }

    /// <summary>By chance, one in <see cref="TimedOneIn"/> where many sessions get a message.</summary>
    private static bool IsTimed(int sessions) => sessions <= TimedOneIn || Random.Shared.Next(TimedOneIn) == 0;

    /// <summary>The oldest batch that came by itself; null if all were read from the log, for whoever was away.</summary>
    private static DeliveryBatch? OldestOf(List<OutboxItem> items)
    {
        foreach (var item in items)
        {
            if (item is DeliveryBatch { LiveFor: > 0 } batch)
            {
                return batch;
            }
        }

        return null;
    }
}
