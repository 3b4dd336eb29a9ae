namespace Tidings.Grains.Logs;

/// <summary>What every log demands of an append before it touches its store.</summary>
internal static class AppendRequest
{
    /// <summary>Throws unless there are messages and their offsets follow the claim's head one by one.</summary>
    public static void Validate(LogClaim claim, IReadOnlyList<Message> messages)
    {
        ArgumentOutOfRangeException.ThrowIfZero(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Offset != claim.Head.Offset + 1 + i)
            {
                throw new ArgumentException(
                    $"Message {i} of {claim.Channel} has offset {messages[i].Offset} after head {claim.Head.Offset}.", nameof(messages));
            }
        }
    }

    /// <summary>The claim after its messages were stored.</summary>
    public static LogClaim Advance(LogClaim claim, int count) =>
        claim with { Head = claim.Head with { Offset = claim.Head.Offset + count } };
}
