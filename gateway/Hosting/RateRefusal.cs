namespace Tidings.Gateway.Hosting;

/// <summary>A bound that a caller has reached.</summary>
/// <param name="Limit">Its name, such as <c>publishes_per_second</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="RetryAfter">When it is worth to try again.</param>
internal sealed record RateRefusal(string Limit, long Value, TimeSpan RetryAfter)
{
    /// <summary>The time to wait in whole seconds, at least one.</summary>
    public long RetryAfterSeconds => Math.Max(1, (long)Math.Ceiling(RetryAfter.TotalSeconds));

    /// <summary>The reason for people.</summary>
    public override string ToString() => $"Too fast: {Limit.Replace('_', ' ')} are at most {Value}.";
}
