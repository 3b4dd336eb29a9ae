using System.Diagnostics.Tracing;

namespace Tidings.Silo.Telemetry;

/// <summary>Says in the log what OpenTelemetry only says to those who ask: that a collector does not answer, that spans are dropped. At most once a minute.</summary>
internal sealed partial class TelemetryTrouble(TimeProvider time, ILogger<TelemetryTrouble> logger) : EventListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly List<EventSource> _known = [];
    private DateTimeOffset _toldAt;
    private bool _listening;

    /// <summary>Begins to listen.</summary>
    public void Listen()
    {
        lock (_lock)
        {
            _listening = true;
            _known.ForEach(Hear);
        }
    }

    /// <summary>Called by the base class' constructor, too, for what is there already: fields have their initial values by then, those of the primary constructor included.</summary>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (!eventSource.Name.StartsWith("OpenTelemetry", StringComparison.Ordinal))
        {
            return;
        }

        lock (_lock)
        {
            _known.Add(eventSource);
            if (_listening)
            {
                Hear(eventSource);
            }
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId < 0)
        {
            // The runtime's own, such as counters that another listener has asked this source for.
            return;
        }

        lock (_lock)
        {
            if (time.GetSteadyNow() - _toldAt < Pause)
            {
                return;
            }

            _toldAt = time.GetSteadyNow();
        }

        Log.Trouble(logger, eventData.EventName, string.Join("; ", eventData.Payload ?? []));
    }

    private void Hear(EventSource source) => EnableEvents(source, EventLevel.Warning);

    private static partial class Log
    {
        [LoggerMessage(1921, LogLevel.Warning, "Metrics or traces could not be sent; the server goes on without ({Event}: {Reason})")]
        public static partial void Trouble(ILogger logger, string? @event, string reason);
    }
}
