using System.Diagnostics.Metrics;
using System.Reflection;

namespace Tidings.Grains.Administration;

/// <summary>Measures this silo while somebody looks; nothing is counted any more that nobody has asked for in a while.</summary>
internal sealed class SiloMeter : IDisposable
{
    private static readonly string Version = ProcessMeter.VersionOf(Assembly.GetExecutingAssembly());
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(30);
    private readonly ProcessMeter _meter;
    private readonly ITimer _resting;

    public SiloMeter(IMeterFactory meters, TimeProvider time)
    {
        _meter = new ProcessMeter(meters, "tidings.messages.published", time);
        _resting = time.CreateTimer(static meter => ((ProcessMeter)meter!).IsWatched = false, _meter, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public SiloLoad Describe(int sessions)
    {
        _meter.IsWatched = true;
        _resting.Change(Watch, Timeout.InfiniteTimeSpan);
        return new SiloLoad
        {
            Version = Version,
            Started = _meter.Started,
            Cpu = _meter.Cpu(),
            MemoryBytes = ProcessMeter.MemoryBytes,
            Sessions = sessions,
            PublishesPerSecond = _meter.Rate(),
        };
    }

    public void Dispose()
    {
        _resting.Dispose();
        _meter.Dispose();
    }
}
