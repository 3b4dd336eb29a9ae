namespace Tidings.Grains.Fanout;

/// <summary>How much of what a session missed is sent at one go: half of what a gateway lets wait for one session.</summary>
internal sealed class CatchUpBudget(TidingsLimits limits)
{
    private long _messages = Math.Max(1, limits.PendingMessagesPerSession / 2);
    private long _bytes = Math.Max(1, limits.PendingBytesPerSession / 2);

    public bool IsSpent => _messages <= 0 || _bytes <= 0;

    public void Spend(Message[] messages)
    {
        _messages -= messages.Length;
        _bytes -= messages.Sum(static message => (long)message.Size);
    }
}
