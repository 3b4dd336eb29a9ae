using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Tidings.Grains.Cluster;

/// <summary>What the silos of a cluster have counted since it was made.</summary>
internal sealed class Counters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, long> _sums = new();

    public Counters()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == SiloMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _sums.AddOrUpdate(instrument, value, (_, sum) => sum + value));
        _listener.Start();
    }

    public long Of(Instrument counter) => _sums.GetValueOrDefault(counter);

    public void Dispose() => _listener.Dispose();
}
