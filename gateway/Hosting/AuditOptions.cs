using System.ComponentModel.DataAnnotations;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// How much of the audit one caller may fill, in configuration section <c>Tidings:Audit</c>. Log-ins and changes are always written; refusals, which
/// anybody can cause at will, up to these bounds, beyond which they are counted, told as a number with the next one or half a minute
/// later, and in <c>tidings.audit.suppressed</c>.
/// </summary>
public sealed record AuditOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tidings:Audit";

    /// <summary>Refusals of one caller, by address and user, that are written at once. Default 20.</summary>
    [Range(1, 1_000_000)]
    public int RefusalsAtOnce { get; init; } = 20;

    /// <summary>After how long another one is. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan RefusalEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most callers counted apart. Default 10,000. Beyond: newcomers share one count.</summary>
    [Range(16, 10_000_000)]
    public int Callers { get; init; } = 10_000;

    /// <summary>
    /// Most entries of a gateway that wait to be published to administrators. Default 1,000. Beyond: an entry is in the log only; the next one
    /// says how many those were, and <c>tidings.audit.unpublished</c> counts them.
    /// </summary>
    [Range(1, 1_000_000)]
    public int Waiting { get; init; } = 1000;
}
