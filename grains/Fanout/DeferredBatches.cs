namespace Tidings.Grains.Fanout;

/// <summary>
/// Batches of a channel that wait for a repair of the gap before them. Beyond a bound of bytes only the head is kept of later ones, as the
/// log has them. Guarded by the fan-out's lock.
/// </summary>
internal sealed class DeferredBatches(long mostBytes)
{
    private readonly List<ChannelBatch> _batches = [];
    private long _bytes;
    private bool _full;

    /// <summary>The batches kept, in the order they came.</summary>
    public IReadOnlyList<ChannelBatch> Batches => _batches;

    /// <summary>The last offset announced, or that of the last message not kept: the log is read up to there. 0 where there is none.</summary>
    public long Head { get; private set; }

    /// <summary>Takes a batch, or what it says of the channel's head.</summary>
    /// <returns>False when its messages were not kept.</returns>
    public bool Add(ChannelBatch batch)
    {
        var isAnnouncement = batch.Messages.Length == 0 && _batches.Count > 0;
        _full |= !isAnnouncement && _batches.Count > 0 && _bytes + batch.Size > mostBytes;
        if (isAnnouncement || _full)
        {
            Head = Math.Max(Head, batch.Head);
            return isAnnouncement;
        }

        _batches.Add(batch);
        _bytes += batch.Size;
        return true;
    }
}
