using System.Security.Cryptography;

namespace Tidings.Client.Sessions;

/// <summary>
/// Pauses between attempts: random up to a bound that doubles with each failure ("full jitter"), so that the clients of a gateway that
/// stopped do not come back all at once.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, TimeProvider time)
{
    private const int MostDoublings = 30;
    private int _failures;

    /// <summary>The bound of the next pause.</summary>
    public TimeSpan Bound => TimeSpan.FromTicks((long)Math.Min(longest.Ticks, first.Ticks * Math.Pow(2, Math.Min(_failures, MostDoublings))));

    public void Reset() => _failures = 0;

    /// <summary>Pauses after a failure.</summary>
    /// <param name="atLeast">What the server asked for; the random part comes on top.</param>
    /// <param name="cancellationToken">Ends the pause.</param>
    public async Task PauseAsync(TimeSpan atLeast, CancellationToken cancellationToken)
    {
        var random = Bound * (RandomNumberGenerator.GetInt32(0, 1001) / 1000.0);
        _failures++;
        await Task.Delay(atLeast + random, time, cancellationToken);
    }
}
