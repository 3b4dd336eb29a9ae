namespace Tidings.ChaosTests.Records;

/// <summary>All that was recorded in a run; what is judged is in here and nowhere else.</summary>
sealed record Transcript
{
    public required IReadOnlyList<SessionRecord> Sessions { get; init; }

    public required IReadOnlyList<Publication> Publications { get; init; }

    /// <summary>The logs of all channels.</summary>
    public required IReadOnlyList<Stored> Log { get; init; }

    /// <summary>In the order of their beginning.</summary>
    public required IReadOnlyList<Fault> Faults { get; init; }
}
