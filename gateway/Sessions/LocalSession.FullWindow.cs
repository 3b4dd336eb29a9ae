namespace Tidings.Gateway.Sessions;

/// <content>A full window: its channels' policy says what goes.</content>
internal sealed partial class LocalSession
{
    /// <summary>The part of a window that is made free at once, so that what waits is looked through once in a while and not for each message.</summary>
    private const int Spare = 8;

    /// <summary>Channels of which a client may yet have to be told that messages were dropped. With more, its session goes back to the log.</summary>
    private const int MostGaps = 1000;

    /// <summary>Whether its window was full and its channels' policy is to end it.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>Makes room for an item. Called under the lock.</summary>
    /// <returns>What of the item is queued; null where no room is made and the session goes back to the log.</returns>
    private DeliveryBatch? MakeRoom(DeliveryBatch next)
    {
        if (windows is null || next.PolicyBy(windows) is not { } policy)
        {
            return null;
        }

        IsTooSlow |= policy.EndsSession;
        var kept = policy.Keep(next);
        var waiting = (_waiting ?? []).OfType<DeliveryBatch>().Where(other => ReferenceEquals(other.PolicyBy(windows), policy)).ToList();
        var dropped = policy.Drop(waiting, kept, NeedOf(kept)).ToList();
        var (messages, bytes) = (dropped.Sum(static batch => batch.Count), dropped.Sum(static batch => (long)batch.Bytes));

        // Looking through much that waits to drop little, again and again, would cost others.
        var isWorth = dropped.Count * Spare * 2 >= waiting.Count && !(_gaps?.Count > MostGaps);
        if (policy.EndsSession || !isWorth || !Fits(kept, messages, bytes))
        {
            return null;
        }

        Remove(dropped);
        if (kept.FirstOffset > next.FirstOffset)
        {
            NoteGap(new ChannelCursor(next.Channel.Name, kept.FirstOffset, next.Epoch));
        }

        windows.Count(policy, messages + next.Count - kept.Count);
        return kept;
    }

    private bool Fits(DeliveryBatch item, int freed = 0, long freedBytes = 0) =>
        _messages - freed + item.Count <= limits.Value.PendingMessagesPerSession && _bytes - freedBytes + item.Bytes <= limits.Value.PendingBytesPerSession;

    private WindowNeed NeedOf(DeliveryBatch item)
    {
        var (most, mostBytes) = (limits.Value.PendingMessagesPerSession, limits.Value.PendingBytesPerSession);
        var (messages, bytes) = (_messages + item.Count - most, _bytes + item.Bytes - mostBytes);
        return new WindowNeed(messages > 0 ? messages + (most / Spare) : 0, bytes > 0 ? bytes + (mostBytes / Spare) : 0);
    }

    private void Remove(List<DeliveryBatch> dropped)
    {
        var gone = dropped.ToHashSet<OutboxItem>(ReferenceEqualityComparer.Instance);
        _waiting?.RemoveAll(gone.Contains);
        foreach (var batch in dropped)
        {
            Count(batch, -1);
        }

        foreach (var last in dropped.GroupBy(static batch => batch.Channel.Name).Select(static batches => batches.Last()))
        {
            NoteGap(new ChannelCursor(last.Channel.Name, last.LastOffset + 1, last.Epoch));
        }
    }

    /// <summary>The gaps that its client was not told of; not those before which it begins again.</summary>
    private ChannelCursor[] GapsToTell(ChannelCursor[] cursors)
    {
        if (_telling is not null)
        {
            TellAgain();
        }

        TellAgainAfter(_acknowledgedBatch);

        _gaps?.RemoveAll(gap => Array.Exists(cursors, cursor => cursor.Channel == gap.Channel && cursor.Offset + 1 < gap.Offset));
        return [.. _gaps ?? []];
    }
}
