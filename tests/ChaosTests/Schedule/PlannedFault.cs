using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Schedule;

/// <summary>A fault to come.</summary>
/// <param name="After">How long after the one before it (or the start of the faults).</param>
/// <param name="Kind">What to do.</param>
/// <param name="Target">The number of the silo or gateway, from 0; 0 for others.</param>
/// <param name="Lasts">Of a pause, until SIGCONT; of a kill, until the process is started again; otherwise zero.</param>
/// <param name="Share">Of client cuts: how many of 100 clients.</param>
sealed record PlannedFault(TimeSpan After, FaultKind Kind, int Target, TimeSpan Lasts, int Share = 0);
