using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// What was written to the audit and is yet to be published to administrators. At most <see cref="AuditOptions.Waiting"/> entries wait: what comes beyond is in the
/// log only, and the next entry says how many those were.
/// </summary>
internal sealed class AuditTrail(IOptions<AuditOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    private const int MostAtOnce = 1000;
    private readonly ConcurrentQueue<AuditEntry> _waiting = new();
    private int _left;

    public void Add(string kind, string? tenant, string? user, string action, string? target, string? reason, IPAddress? address)
    {
        if (_waiting.Count >= options.Value.Waiting)
        {
            Leave(1);
            return;
        }

        var left = Interlocked.Exchange(ref _left, 0);
        _waiting.Enqueue(new AuditEntry(time.GetUtcNow(), kind, tenant, user, action, target, reason, address?.ToString(), left > 0 ? left : null));
    }

    /// <summary>Takes the first of what waits.</summary>
    public IReadOnlyList<AuditEntry> Take()
    {
        var taken = new List<AuditEntry>();
        while (taken.Count < MostAtOnce && _waiting.TryDequeue(out var entry))
        {
            taken.Add(entry);
        }

        return taken;
    }

    /// <summary>Entries are in the log only: the next one tells of them.</summary>
    public void Leave(int count)
    {
        metrics.AuditUnpublished.Add(count);
        Interlocked.Add(ref _left, count);
    }
}

/// <summary>An entry of the audit.</summary>
/// <param name="Time">When.</param>
/// <param name="Kind"><c>login</c>, <c>loginFailed</c>, <c>refused</c> or <c>changed</c>.</param>
/// <param name="Tenant">The tenant it concerns; null where it concerns none.</param>
/// <param name="User">Who did it, or tried.</param>
/// <param name="Action">What was done, or to be done.</param>
/// <param name="Target">To what.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Address">From where.</param>
/// <param name="Left">Entries before this one that are in the log only, since too many came at once.</param>
internal sealed record AuditEntry(
    DateTimeOffset Time, string Kind, string? Tenant, string? User, string Action, string? Target, string? Reason, string? Address, int? Left);
