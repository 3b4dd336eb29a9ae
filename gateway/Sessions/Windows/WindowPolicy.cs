namespace Tidings.Gateway.Sessions;

/// <summary>How a full window makes room for a message; one object for each rule. Without one, the session goes back to the log.</summary>
internal abstract class WindowPolicy(string name)
{
    /// <summary>What drops are counted under.</summary>
    public string Name => name;

    /// <summary>Whether the session is to end.</summary>
    public virtual bool EndsSession => false;

    /// <summary>The part of a batch that is queued.</summary>
    public virtual DeliveryBatch Keep(DeliveryBatch next) => next;

    /// <summary>Of what waits under the same rule, oldest first, what goes.</summary>
    public abstract IEnumerable<DeliveryBatch> Drop(IReadOnlyList<DeliveryBatch> waiting, DeliveryBatch next, WindowNeed need);
}

/// <summary>How much is to be made free in a window.</summary>
internal readonly record struct WindowNeed(int Messages, long Bytes);

/// <inheritdoc cref="WhenFull.EndSession"/>
internal sealed class EndSession() : WindowPolicy("end_session")
{
    public override bool EndsSession => true;

    public override IEnumerable<DeliveryBatch> Drop(IReadOnlyList<DeliveryBatch> waiting, DeliveryBatch next, WindowNeed need) => [];
}

/// <inheritdoc cref="WhenFull.DropOldest"/>
internal sealed class DropOldest() : WindowPolicy("drop_oldest")
{
    public override IEnumerable<DeliveryBatch> Drop(IReadOnlyList<DeliveryBatch> waiting, DeliveryBatch next, WindowNeed need)
    {
        var (messages, bytes) = (0, 0L);
        foreach (var batch in waiting)
        {
            if (messages >= need.Messages && bytes >= need.Bytes)
            {
                yield break;
            }

            messages += batch.Count;
            bytes += batch.Bytes;
            yield return batch;
        }
    }
}

/// <inheritdoc cref="WhenFull.KeepLatest"/>
internal sealed class KeepLatest() : WindowPolicy("keep_latest")
{
    public override DeliveryBatch Keep(DeliveryBatch next) => next.Latest;

    public override IEnumerable<DeliveryBatch> Drop(IReadOnlyList<DeliveryBatch> waiting, DeliveryBatch next, WindowNeed need)
    {
        var later = new HashSet<string>(StringComparer.Ordinal) { next.Channel.Name };
        return waiting.Reverse().Where(batch => !later.Add(batch.Channel.Name)).Reverse();
    }
}
