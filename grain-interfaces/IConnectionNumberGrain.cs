namespace Tidings;

/// <summary>Numbers the connections of one user of a tenant. Key: <c>{tenant}/{user}</c>.</summary>
[Alias("tidings.IConnectionNumberGrain")]
public interface IConnectionNumberGrain : IGrainWithStringKey
{
    /// <summary>
    /// The next number: higher than every one before. Where nothing is remembered it is the time in microseconds since 1970, so that numbers
    /// rise across restarts, too.
    /// </summary>
    [Alias("Next")]
    Task<long> Next();
}
