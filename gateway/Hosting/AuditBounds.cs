using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>Decides which refusals are written, so that nobody floods the audit and with it what others did.</summary>
internal sealed class AuditBounds(IOptions<AuditOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    private const string Others = "others";
    private readonly ConcurrentDictionary<string, Caller> _callers = new(StringComparer.Ordinal);

    /// <summary>Whether a refusal of a caller is to be written.</summary>
    /// <param name="caller">By address and user.</param>
    /// <param name="suppressed">How many were not since the last one that was.</param>
    public bool TryEnter(string caller, out long suppressed)
    {
        var key = _callers.Count >= options.Value.Callers && !_callers.ContainsKey(caller) ? Others : caller;
        var known = _callers.GetOrAdd(key, static (_, options) => new Caller(new VirtualSchedule(options.RefusalsAtOnce, options.RefusalEvery)), options.Value);
        var now = time.GetSteadyNow();
        if (known.Schedule.Wait(now) > TimeSpan.Zero)
        {
            metrics.AuditSuppressed.Add(1);
            Interlocked.Increment(ref known.Suppressed);
            suppressed = 0;
            return false;
        }

        known.Schedule.Add(now);
        suppressed = Interlocked.Exchange(ref known.Suppressed, 0);
        return true;
    }

    /// <summary>Forgets callers who have been quiet.</summary>
    /// <returns>Those of whom something was suppressed that nobody has been told, and how much.</returns>
    public IReadOnlyList<(string Caller, long Suppressed)> Sweep()
    {
        var now = time.GetSteadyNow();
        var untold = new List<(string, long)>();
        foreach (var (key, caller) in _callers)
        {
            if (caller.Schedule.IsForgotten(now))
            {
                _callers.TryRemove(KeyValuePair.Create(key, caller));
            }

            if (Interlocked.Exchange(ref caller.Suppressed, 0) is > 0 and var suppressed)
            {
                untold.Add((key, suppressed));
            }
        }

        return untold;
    }

    private sealed class Caller(VirtualSchedule schedule)
    {
        public VirtualSchedule Schedule => schedule;

        public long Suppressed;
    }
}
