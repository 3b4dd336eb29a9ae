namespace Tidings.ChaosTests.Records;

/// <summary>The one clock of a run: everything recorded is counted from its start.</summary>
sealed class RunClock(TimeProvider time)
{
    readonly long _start = time.GetTimestamp();

    /// <summary>The wall clock's time at the start, to find recorded moments in logs.</summary>
    public DateTimeOffset Start { get; } = time.GetLocalNow();

    public TimeSpan Now => time.GetElapsedTime(_start);
}
