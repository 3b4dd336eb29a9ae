namespace Tidings.Grains.Fanout;

/// <summary>How much of what a session missed is sent at one go: half of what a gateway lets wait for one session.</summary>
internal sealed class CatchUpBudget(TidingsLimits limits)
{
    private long _messages = Math.Max(1, limits.PendingMessagesPerSession / 2);
    private long _bytes = Math.Max(1, limits.PendingBytesPerSession / 2);

    public bool IsSpent => _messages <= 0 || _bytes <= 0;

    /// <summary>Whether all these may still be sent.</summary>
    public bool Fits(List<ChannelBatch> batches) =>
        batches.Sum(static batch => (long)batch.Messages.Length) <= _messages
        && batches.Sum(static batch => batch.Messages.Sum(static message => (long)message.Size)) <= _bytes;

    /// <summary>The first of some messages that may still be sent: one at least.</summary>
    public Message[] Part(Message[] messages)
    {
        var count = 0;
        for (var bytes = 0L; count < messages.Length && (count == 0 || (count < _messages && bytes < _bytes)); count++)
        {
            bytes += messages[count].Size;
        }

        return messages[..count];
    }

    public void Spend(Message[] messages)
    {
        _messages -= messages.Length;
        _bytes -= messages.Sum(static message => (long)message.Size);
    }
}
