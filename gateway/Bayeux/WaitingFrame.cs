namespace Tidings.Gateway.Bayeux;

/// <summary>
/// A frame that waits to be written, and those after it. Any thread adds, one takes them all; where none waits there is nothing but a null.
/// </summary>
internal sealed class WaitingFrame(ReadOnlyMemory<byte> bytes)
{
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The frame added after this one; while they wait, the one added before.</summary>
    public WaitingFrame? Next { get; private set; }

    /// <summary>Adds a frame.</summary>
    public static void Add(ref WaitingFrame? latest, ReadOnlyMemory<byte> bytes)
    {
        var frame = new WaitingFrame(bytes);
        WaitingFrame? before;
        do
        {
            frame.Next = before = Volatile.Read(ref latest);
        }
        while (Interlocked.CompareExchange(ref latest, frame, before) != before); // once added it may be taken, and its Next is another
    }

    /// <summary>Takes all that wait.</summary>
    /// <returns>The oldest; null when none waits.</returns>
    public static WaitingFrame? TakeAll(ref WaitingFrame? latest)
    {
        WaitingFrame? oldest = null;
        var frame = Volatile.Read(ref latest) is null ? null : Interlocked.Exchange(ref latest, null);
        while (frame is not null)
        {
            (frame.Next, oldest, frame) = (oldest, frame, frame.Next);
        }

        return oldest;
    }
}
