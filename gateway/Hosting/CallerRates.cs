namespace Tidings.Gateway.Hosting;

/// <summary>
/// The rates that hold for one connection: its address's, its user's, its tenant's. Looked up once and kept, so that a message costs no
/// look-up; where nothing is bounded it is <see cref="Unlimited"/>, which costs nothing.
/// </summary>
internal sealed class CallerRates : IDisposable
{
    private readonly CallerBuckets[] _callers;
    private readonly CallerBuckets[] _speaker;
    private readonly TokenBucket[] _handshakes;
    private readonly TokenBucket[] _publishes;
    private readonly TokenBucket[] _bytes;
    private readonly GatewayMetrics? _metrics;

    /// <param name="address">The address's, where it is counted.</param>
    /// <param name="speaker">The user's and the tenant's, where they are. All are held already, and released when this is disposed.</param>
    /// <param name="metrics">Counts refusals.</param>
    public CallerRates(CallerBuckets? address, CallerBuckets[] speaker, GatewayMetrics? metrics)
    {
        CallerBuckets[] callers = address is null ? speaker : [address, .. speaker];
        (_callers, _speaker, _metrics) = (callers, speaker, metrics);
        _handshakes = [.. callers.Select(static caller => caller.Handshakes).OfType<TokenBucket>()];
        _publishes = [.. callers.Select(static caller => caller.Publishes).OfType<TokenBucket>()];
        _bytes = [.. callers.Select(static caller => caller.Bytes).OfType<TokenBucket>()];
    }

    private CallerRates(CallerRates whole) =>
        (_callers, _speaker, _handshakes, _publishes, _bytes, _metrics) = ([], [], whole._handshakes, whole._publishes, [], whole._metrics);

    private CallerRates(CallerBuckets[] speaker, GatewayMetrics? metrics)
        : this(null, speaker, metrics) => _callers = [];

    /// <summary>The same, for parts of what was counted as a whole. Holds nothing.</summary>
    public CallerRates WithoutBytes => new(this);

    /// <summary>
    /// The user's and the tenant's alone, for what the address was counted for before a message said who it is. Holds nothing.
    /// </summary>
    public CallerRates OfSpeaker => _speaker.Length == 0 ? Unlimited : new(_speaker, _metrics);

    /// <summary>No bounds.</summary>
    public static CallerRates Unlimited { get; } = new(null, [], null);

    /// <summary>A session is to begin.</summary>
    public RateRefusal? Handshake() => Take(_handshakes, 1);

    /// <summary>Messages are to be published.</summary>
    public RateRefusal? Publish(int count = 1) => Take(_publishes, count);

    /// <summary>A request or frame came.</summary>
    public RateRefusal? Bytes(int count) => Take(_bytes, count);

    /// <summary>A place for one more session.</summary>
    /// <param name="place">To be disposed at the session's end; null where sessions are not counted.</param>
    /// <returns>False when the address has too many.</returns>
    public bool TryEnterSession(out IDisposable? place)
    {
        place = null;
        foreach (var caller in _callers)
        {
            if (caller.EnterSession() is { } lease)
            {
                place = lease;
                if (!lease.IsAcquired)
                {
                    Count("sessions_per_address");
                    return false;
                }
            }
        }

        return true;
    }

    public void Dispose() => Array.ForEach(_callers, static caller => caller.Release());

    private RateRefusal? Take(TokenBucket[] buckets, int count)
    {
        foreach (var bucket in buckets)
        {
            if (bucket.Take(count) is { } refusal)
            {
                Count(refusal.Limit);
                return refusal;
            }
        }

        return null;
    }

    private void Count(string limit) => _metrics?.Refused.Add(1, new KeyValuePair<string, object?>("limit", limit));
}
