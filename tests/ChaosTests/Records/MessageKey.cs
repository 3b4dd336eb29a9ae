namespace Tidings.ChaosTests.Records;

/// <summary>What tells one published message from every other of a run.</summary>
/// <param name="Channel">Where it was published.</param>
/// <param name="Publisher">The number of its publisher.</param>
/// <param name="Sequence">Counted from 1 for each publisher and channel; a publisher sends the next one only when the last is settled.</param>
readonly record struct MessageKey(string Channel, int Publisher, int Sequence)
{
    public override string ToString() => $"{Channel} p{Publisher}#{Sequence}";
}
