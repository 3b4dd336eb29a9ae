using System.Net;

namespace Tidings.Gateway.Hosting;

/// <summary>Slows failed log-ins, per address and per account. Whoever checks a password, key or token that can be guessed asks it first.</summary>
/// <example>
/// <code>
/// using var attempt = await throttle.BeginAsync(context.Connection.RemoteIpAddress, "tenant/user", context.RequestAborted);
/// if (!attempt.IsAllowed) { /* HTTP 429 with Retry-After: attempt.RetryAfter */ }
/// else if (!Verify(password)) { attempt.Failed(); }
/// </code>
/// </example>
internal interface ILoginThrottle
{
    /// <summary>Begins an attempt; waits while too many of one address are being checked at once.</summary>
    /// <param name="address">The client's address; null counts as one address of its own.</param>
    /// <param name="account">What is logged in to, such as <c>tenant/user</c>, whether it exists or not. Empty where
    /// credentials name none, as keys do: only the address counts then, lest all who have keys wait for one who guesses.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The attempt, to be disposed when the credentials are checked.</returns>
    ValueTask<LoginAttempt> BeginAsync(IPAddress? address, string account, CancellationToken cancellationToken);
}
