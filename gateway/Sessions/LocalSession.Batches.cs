namespace Tidings.Gateway.Sessions;

/// <content>Batches that the client acknowledges: what was written waits for that, and is written again when it does not come.</content>
internal sealed partial class LocalSession
{
    /// <summary>Batches that wait again and are yet known by their numbers. Of more, the oldest would come twice.</summary>
    private const int BatchesKnown = 64;

    private List<(long Number, List<OutboxItem> Items)>? _unacknowledged;
    private UnacknowledgedBatch[]? _batches;
    private Dictionary<string, ChannelCursor>? _acknowledged;
    private List<long>? _acknowledgedKnown;
    private long _acknowledgedBatch;
    private long _batch;
    private long _batchUnderWay;
    private int _acknowledgements;
    private int _acknowledgementsThen;

    /// <summary>Ends a batch: what was just taken for writing is part of it, if anything was.</summary>
    /// <returns>Its number; null where the client does not acknowledge.</returns>
    public long? CloseBatch()
    {
        lock (_lock)
        {
            if (Description is not { Acknowledges: true })
            {
                return null;
            }

            _batch++;
            if (_writing is not null)
            {
                (_batchUnderWay, _acknowledgementsThen) = (_batch, _acknowledgements);
            }

            return _batch;
        }
    }

    /// <summary>
    /// The client has got every batch up to a number, from whichever gateway. What it has not got waits again, before everything else, and
    /// is known by its number still: a connect that the client gave up may come late, after one that acknowledged more. A lower number than the
    /// client's says nothing: that batch was lost, and what it held may come in parts.
    /// </summary>
    public void Acknowledge(long number)
    {
        lock (_lock)
        {
            _acknowledgements++;
            _batch = Math.Max(_batch, (_batches ?? []).Aggregate(number, static (last, batch) => Math.Max(last, batch.Number)));
            _acknowledgedBatch = Math.Max(_acknowledgedBatch, number);
            if (Array.Find(_batches ?? [], batch => batch.Number == number) is { } got)
            {
                Acknowledge(got);
            }

            _batches = [.. (_batches ?? []).Where(batch => batch.Number > number)];
            var again = new List<OutboxItem>();
            foreach (var (batch, items) in _unacknowledged ?? [])
            {
                if (batch <= number)
                {
                    Forget(items);
                }
                else
                {
                    Know(batch, items);
                    again.AddRange(items);
                }
            }

            _unacknowledged = null;
            if (again.Count > 0)
            {
                WaitAgain(again);
            }

            TellAgainAfter(number);
            TrimWaiting();
        }
    }

    /// <summary>The client has got a batch that was written before it, or elsewhere.</summary>
    private void Acknowledge(UnacknowledgedBatch got)
    {
        foreach (var cursor in got.Upto)
        {
            (_acknowledged ??= new(StringComparer.Ordinal))[cursor.Channel] = cursor;
        }

        _acknowledgedKnown = [.. (_acknowledgedKnown ?? []).TakeLast(BatchesKnown - 1), got.Number];
    }

    /// <summary>
    /// What the client acknowledged need not come again. Before the session has joined, its silo goes by cursors alone; afterwards the last frame
    /// says as much.
    /// </summary>
    private ChannelCursor[] NotBeforeAcknowledged(ChannelCursor[] cursors)
    {
        if (_acknowledged is not { } acknowledged)
        {
            return cursors;
        }

        var later = cursors.Select(cursor =>
            acknowledged.TryGetValue(cursor.Channel, out var got) && cursor.Epoch is var epoch && (epoch == 0 || epoch == got.Epoch) && got.Offset > cursor.Offset ? got : cursor);
        return [.. later, .. _joined ? [] : acknowledged.Values.ExceptBy(cursors.Select(static cursor => cursor.Channel), static got => got.Channel)];
    }

    /// <summary>Keeps what was written until it is acknowledged. False where nobody will.</summary>
    private bool KeepWritten()
    {
        if (_batchUnderWay == 0)
        {
            return false;
        }

        if (_batchUnderWay <= _acknowledgedBatch)
        {
            // The client was quicker to acknowledge than the write to end.
            Forget(_writing!);
        }
        else if (_acknowledgementsThen == _acknowledgements)
        {
            (_unacknowledged ??= []).Add((_batchUnderWay, _writing!));
        }
        else
        {
            // A later connect, which could not know of it, came while it was written.
            Know(_batchUnderWay, _writing!);
            WaitAgain(_writing!);
        }

        _batchUnderWay = 0;
        return true;
    }

    /// <summary>The batches to be told where the session goes: numbers, and how far each brought the client.</summary>
    private UnacknowledgedBatch[] BatchesToTell() =>
    [
        .. _batches ?? [],
        .. (_unacknowledged ?? []).Select(static batch => BatchOf(batch.Number, batch.Items)),
    ];

    private void Know(long number, List<OutboxItem> items) => _batches = [.. (_batches ?? []).TakeLast(BatchesKnown - 1), BatchOf(number, items)];

    private static UnacknowledgedBatch BatchOf(long number, List<OutboxItem> items) => new(
        number,
        [.. items.OfType<DeliveryBatch>().GroupBy(static item => item.Channel.Name)
            .Select(static items => new ChannelCursor(items.Key, items.Max(static item => item.LastOffset), items.Last().Epoch))]);

    private IEnumerable<OutboxItem> UnacknowledgedItems() => (_unacknowledged ?? []).SelectMany(static batch => batch.Items);

    private IEnumerable<DirectMessage> UnacknowledgedDirects() => (_unacknowledged ?? [])
        .SelectMany(static batch => batch.Items.OfType<DirectItem>(), static (batch, item) => item.Message with { Batch = batch.Number });

    private void TrimWaiting()
    {
        if (_waiting is null || _acknowledgedKnown is null)
        {
            return;
        }

        var waiting = _waiting;
        _waiting = null;
        foreach (var item in waiting)
        {
            Count(item, -1);
            if (WithoutAcknowledged(item) is { } fresh)
            {
                (_waiting ??= OutboxLists.Get()).Add(fresh);
                Count(fresh);
            }
        }

        OutboxLists.Return(waiting);
    }

    /// <summary>The part of an item that the client did not acknowledge elsewhere; null if it has all of it.</summary>
    private OutboxItem? WithoutAcknowledged(OutboxItem item)
    {
        if (item is DirectItem { Message.Batch: > 0 and var batch })
        {
            return _acknowledgedKnown is not null && _acknowledgedKnown.Contains(batch) ? null : item;
        }

        if (_acknowledged is null || item is not DeliveryBatch delivery || !_acknowledged.TryGetValue(delivery.Channel.Name, out var upto)
            || delivery.FirstOffset > upto.Offset || delivery.Epoch != upto.Epoch)
        {
            return item;
        }

        return delivery.LastOffset <= upto.Offset ? null : delivery.After(upto.Offset);
    }
}
