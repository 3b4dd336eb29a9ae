namespace Tidings.Grains.Sessions;

/// <summary>
/// Where sessions are written down, so that they outlive their silo. A record has one owner: who claims it fences every earlier one, since
/// two activations of a session can live for a moment while the cluster changes.
/// </summary>
internal interface ISessionStore
{
    /// <summary>Whether what is written outlives this process.</summary>
    bool IsDurable { get; }

    /// <summary>Whether what was written may be gone: every record counts as not written.</summary>
    bool HasForgotten { get; set; }

    /// <summary>Takes a session's record over.</summary>
    /// <param name="key">The session grain's key, <see cref="SessionId.ToKey"/>.</param>
    /// <returns>The owner's number and the record; null if there is none.</returns>
    ValueTask<(long Owner, SessionRecord Record)?> ClaimAsync(string key);

    /// <summary>Writes a record, or a first one.</summary>
    /// <param name="key">The session grain's key.</param>
    /// <param name="owner">The owner's number; 1 for the first.</param>
    /// <param name="record">The record.</param>
    /// <param name="life">How long it is kept unless it is written again.</param>
    /// <param name="due">After how long without another write it is due: nobody seems to have the session any more.</param>
    /// <returns>False when another owner has taken it over.</returns>
    ValueTask<bool> WriteAsync(string key, long owner, SessionRecord record, TimeSpan life, TimeSpan due);

    /// <summary>Removes a record, unless another owner has taken it over.</summary>
    ValueTask RemoveAsync(string key, long owner);

    /// <summary>Takes the keys of records that are due, those longest due first.</summary>
    /// <param name="most">Most keys wanted.</param>
    /// <param name="again">After how long those taken are due again, should nothing have become of them.</param>
    ValueTask<string[]> TakeDueAsync(int most, TimeSpan again);
}

/// <summary>For a server whose sessions live as long as its process: nothing is written.</summary>
internal sealed class NoSessionStore : ISessionStore
{
    public bool IsDurable => false;

    public bool HasForgotten { get; set; }

    public ValueTask<(long Owner, SessionRecord Record)?> ClaimAsync(string key) => default;

    public ValueTask<bool> WriteAsync(string key, long owner, SessionRecord record, TimeSpan life, TimeSpan due) => new(true);

    public ValueTask RemoveAsync(string key, long owner) => default;

    public ValueTask<string[]> TakeDueAsync(int most, TimeSpan again) => new([]);
}
