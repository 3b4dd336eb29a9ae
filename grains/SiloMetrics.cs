using System.Diagnostics.Metrics;
using Tidings.Grains.Administration;

namespace Tidings.Grains;

/// <summary>The silo's counters and durations, on meter <c>Tidings</c>.</summary>
internal sealed class SiloMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Tidings";

    public SiloMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        Published = meter.CreateCounter<long>("tidings.messages.published", "{message}", "Messages stored in a channel's log.");
        PublishesRepeated = meter.CreateCounter<long>("tidings.publishes.repeated", "{message}", "Publishes that had been stored before.");
        StreamEvents = meter.CreateCounter<long>("tidings.stream.events", "{event}", "Events sent on silos' streams.");
        StreamEventsDropped = meter.CreateCounter<long>("tidings.stream.events.dropped", "{event}", "Events not taken by a silo's queue.");
        GapsRepaired = meter.CreateCounter<long>("tidings.gaps.repaired", "{gap}", "Jumps in a channel's offsets repaired from the log.");
        LogsLost = meter.CreateCounter<long>("tidings.logs.lost", "{log}", "Logs that began anew because their store had lost messages, as seen by a silo that followed them.");
        MembershipsLost = meter.CreateCounter<long>("tidings.memberships.lost", "{silo}", "Times the table of members had lost this silo, which then ended.");
        GapsTold = meter.CreateCounter<long>("tidings.gaps.told", "{gap}", "Gaps that the log could not fill and sessions were told of.");
        LinkOverflows = meter.CreateCounter<long>("tidings.link.overflows", "{overflow}", "Times a gateway took deliveries too slowly and its sessions fell back to their cursors.");
        SessionsOpened = meter.CreateCounter<long>("tidings.sessions.opened", "{session}", "Sessions begun.");
        SessionsEnded = meter.CreateCounter<long>("tidings.sessions.ended", "{session}", "Sessions ended, by reason.");
        SessionsRestored = meter.CreateCounter<long>("tidings.sessions.restored", "{session}", "Sessions taken up from a silo that left or died.");
        ChannelsRefused = meter.CreateCounter<long>("tidings.channels.refused", "{request}", "Publishes and subscriptions that would have made a channel or a pattern more than their tenant may have.");
        GatewaysLost = meter.CreateCounter<long>("tidings.gateways.lost", "{gateway}", "Gateways that this silo lost: they left, or fell silent.");
        ChannelsTakenOver = meter.CreateCounter<long>("tidings.channels.taken_over", "{channel}", "Channels that found another activation of theirs had taken their log over.");
        AppendDuration = meter.CreateHistogram<double>("tidings.log.append.duration", "s", "How long the log took for one append, of one message or many.", null, DurationBuckets.Advice);
        StreamLag = meter.CreateHistogram<double>("tidings.stream.lag", "s", "How long an event was under way from a channel's silo to a silo's fan-out.", null, DurationBuckets.Advice);
        DirectsDropped = meter.CreateCounter<long>("tidings.directs.dropped", "{message}", "Direct messages dropped because too many waited.");
    }

    public Counter<long> Published { get; }

    /// <summary>For administrators of tenants; no metric, as there may be many of them.</summary>
    public TenantRates Tenants { get; } = new();

    public Counter<long> PublishesRepeated { get; }

    public Counter<long> StreamEvents { get; }

    public Counter<long> StreamEventsDropped { get; }

    public Counter<long> GapsRepaired { get; }

    public Counter<long> LogsLost { get; }

    public Counter<long> MembershipsLost { get; }

    public Counter<long> GapsTold { get; }

    public Counter<long> LinkOverflows { get; }

    public Counter<long> SessionsOpened { get; }

    public Counter<long> SessionsEnded { get; }

    public Counter<long> SessionsRestored { get; }

    public Counter<long> ChannelsRefused { get; }

    public Counter<long> DirectsDropped { get; }

    public Counter<long> GatewaysLost { get; }

    public Counter<long> ChannelsTakenOver { get; }

    public Histogram<double> StreamLag { get; }

    private Histogram<double> AppendDuration { get; }

    /// <summary>An append to a log came to its end.</summary>
    /// <param name="duration">How long it took.</param>
    /// <param name="error">Why it failed; null if it did not.</param>
    public void Appended(TimeSpan duration, string? error = null)
    {
        if (error is null)
        {
            AppendDuration.Record(duration.TotalSeconds);
        }
        else
        {
            AppendDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("error.type", error));
        }
    }
}
