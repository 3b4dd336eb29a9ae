namespace Tidings.Gateway.Hosting;

/// <summary>One attempt to log in.</summary>
/// <param name="failed">Counts a failure.</param>
/// <param name="succeeded">Notes a success.</param>
/// <param name="checking">Released when the credentials are checked.</param>
internal sealed class LoginAttempt(Action failed, Action succeeded, IDisposable? checking) : IDisposable
{
    private LoginAttempt(TimeSpan retryAfter)
        : this(static () => { }, static () => { }, null) => RetryAfter = retryAfter;

    /// <summary>Whether the credentials are to be checked at all.</summary>
    public bool IsAllowed => RetryAfter == TimeSpan.Zero;

    /// <summary>How long the client has to wait; zero if it need not.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>An attempt that comes too early.</summary>
    public static LoginAttempt Refused(TimeSpan retryAfter) => new(retryAfter);

    /// <summary>The credentials were wrong.</summary>
    public void Failed() => failed();

    /// <summary>The credentials were right.</summary>
    public void Succeeded() => succeeded();

    public void Dispose() => checking?.Dispose();
}
