namespace Tidings;

/// <summary>Time that only passes.</summary>
public static class SteadyTime
{
    /// <summary>
    /// Now, on a line that begins anywhere and that nobody sets: what waits within a process, such as a session for its client, goes by it and not by
    /// the clock, which may jump. It is no date, and means nothing elsewhere.
    /// </summary>
    public static DateTimeOffset GetSteadyNow(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return DateTimeOffset.UnixEpoch + time.GetElapsedTime(0);
    }
}
