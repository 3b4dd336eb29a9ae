using System.Diagnostics.Metrics;
using System.Reflection;

namespace Tidings;

/// <summary>Measures this process for its administrators: processor, memory, and, while somebody looks, the rate of one counter.</summary>
/// <param name="meters">The factory whose meters are listened to: those of the same host, should a process have several.</param>
/// <param name="counter">The counter's name.</param>
/// <param name="time">The time.</param>
public sealed class ProcessMeter(IMeterFactory meters, string counter, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private (long At, TimeSpan Used) _cpuMark = (time.GetTimestamp(), Environment.CpuUsage.TotalTime);
    private double _cpu;
    private MeterListener? _listener;
    private (long At, long Count) _rateMark;
    private double? _rate;
    private long _count;

    /// <summary>The version of a program, without the build's own mark.</summary>
    public static string VersionOf(Assembly program) =>
        program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Memory of this process.</summary>
    public static long MemoryBytes => Environment.WorkingSet;

    /// <summary>When this was made: when the process began to serve.</summary>
    public DateTimeOffset Started { get; } = time.GetUtcNow();

    /// <summary>Whether the counter is listened to. Nothing is counted while it is not.</summary>
    public bool IsWatched
    {
        get
        {
            lock (_lock)
            {
                return _listener is not null;
            }
        }

        set
        {
            lock (_lock)
            {
                if (value == _listener is not null)
                {
                    return;
                }

                _listener?.Dispose();
                (_listener, _rate) = (value ? Listen() : null, null);
                _rateMark = (time.GetTimestamp(), Interlocked.Read(ref _count));
            }
        }
    }

    /// <summary>Processor time used since the last look, in percent of all processors.</summary>
    public double Cpu()
    {
        lock (_lock)
        {
            var (now, used) = (time.GetTimestamp(), Environment.CpuUsage.TotalTime);
            if (time.GetElapsedTime(_cpuMark.At, now) is var elapsed && elapsed >= Shortest)
            {
                _cpu = Math.Clamp((used - _cpuMark.Used) / elapsed / Environment.ProcessorCount * 100, 0, 100);
                _cpuMark = (now, used);
            }

            return Math.Round(_cpu, 1);
        }
    }

    /// <summary>What was counted per second since the last look; null while nothing is known.</summary>
    public double? Rate()
    {
        lock (_lock)
        {
            if (_listener is null)
            {
                return null;
            }

            var (now, count) = (time.GetTimestamp(), Interlocked.Read(ref _count));
            if (time.GetElapsedTime(_rateMark.At, now) is var elapsed && elapsed >= Shortest)
            {
                _rate = Math.Round((count - _rateMark.Count) / elapsed.TotalSeconds, 1);
                _rateMark = (now, count);
            }

            return _rate;
        }
    }

    /// <inheritdoc />
    public void Dispose() => IsWatched = false;

    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Name == counter && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, amount, _, _) => Interlocked.Add(ref _count, amount));
        listener.Start();
        return listener;
    }
}
