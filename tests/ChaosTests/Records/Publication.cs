namespace Tidings.ChaosTests.Records;

/// <summary>A message and what its publisher knows of it. All times of a run are counted from its start.</summary>
/// <param name="Key">The message.</param>
/// <param name="Sent">When it was sent for the first time.</param>
/// <param name="Acknowledged">When the server said it was stored; null where every attempt ended without that answer.</param>
/// <param name="Attempts">How often it was sent, each time under the same id.</param>
sealed record Publication(MessageKey Key, TimeSpan Sent, TimeSpan? Acknowledged, int Attempts);

/// <summary>An entry of a channel's log, read when the run was over.</summary>
readonly record struct Stored(MessageKey Key, long Offset);
