using System.Net;

namespace Tidings.Client.Transports;

/// <summary>A connection could not be had, or has ended. What was under way on it has an unknown outcome.</summary>
internal sealed class LinkLostException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What the server answered instead; null if it did not.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>How long the server asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
