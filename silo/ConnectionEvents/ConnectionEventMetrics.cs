using System.Diagnostics.Metrics;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>Counts connection events, on meter <c>Tidings</c>.</summary>
internal sealed class ConnectionEventMetrics
{
    public ConnectionEventMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Tidings");
        Produced = meter.CreateCounter<long>("tidings.connection_events.produced", "{event}", "Connection events that a producer took.");
        Dropped = meter.CreateCounter<long>("tidings.connection_events.dropped", "{event}", "Connection events dropped, because too many waited or no producer took them.");
    }

    public Counter<long> Produced { get; }

    public Counter<long> Dropped { get; }
}
