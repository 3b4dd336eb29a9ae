using Microsoft.Extensions.Options;

namespace Tidings.Grains.Personium;

/// <inheritdoc cref="IPersoniumQueueGrain"/>
/// <remarks>Not reentrant: of two readers at once the second is given what comes after the first's.</remarks>
internal sealed class PersoniumQueueGrain(
    [PersistentState("personium-queue", TidingsStorage.Name)] IPersistentState<PersoniumQueueState> state,
    IOptions<TidingsLimits> limits,
    TimeProvider time) : Grain, IPersoniumQueueGrain
{
    private ChannelHead? _head;

    /// <summary>What the log would drop is not taken.</summary>
    private long Most => Math.Min(limits.Value.PersoniumQueueMessages, limits.Value.LogMessages);

    private IChannelGrain Channel => GrainFactory.GetGrain<IChannelGrain>(this.GetPrimaryKeyString());

    public async Task<PublishStatus> Send(PublishItem item)
    {
        var head = _head ?? (await ReadAsync(state.State.Offset, 1)).Head;
        if (head.Offset - PlaceIn(head) >= Most && await WaitingAsync(head) >= Most)
        {
            return PublishStatus.Busy;
        }

        var result = await Channel.Publish([item]);
        _head = result.Status == PublishStatus.Stored ? new ChannelHead(result.Epoch, result.FirstOffset) : null;
        return result.Status;
    }

    public async Task<Message[]> Take(int most)
    {
        var read = await ReadAsync(state.State.Offset, most);
        if (read.Head.Epoch != state.State.Epoch && state.State.Offset > 0)
        {
            // The log was lost, and counts anew.
            read = await ReadAsync(0, most);
        }

        var messages = read.Messages;
        while (messages.Length > 0 && Array.TrueForAll(messages, IsOver))
        {
            messages = (await ReadAsync(messages[^1].Offset, most)).Messages;
        }

        if (messages.Length == 0)
        {
            return [];
        }

        await MoveAsync(read.Head.Epoch, messages[^1].Offset);
        return [.. messages.Where(message => !IsOver(message))];
    }

    public async Task Clear()
    {
        if ((await ReadAsync(long.MaxValue - 1, 1)).Head is { Offset: > 0 } head)
        {
            await MoveAsync(head.Epoch, head.Offset);
        }
    }

    private Task MoveAsync(long epoch, long offset)
    {
        (state.State.Epoch, state.State.Offset) = (epoch, offset);
        return this.StoreAsync(state);
    }

    /// <summary>How many wait, without those whose time is over.</summary>
    private async Task<long> WaitingAsync(ChannelHead head)
    {
        var place = PlaceIn(head);
        var read = await ReadAsync(place, limits.Value.ReadMessages);
        while (read.Messages.Length > 0 && IsOver(read.Messages[^1]))
        {
            place = read.Messages[^1].Offset;
            read = await ReadAsync(place, limits.Value.ReadMessages);
        }

        var first = Array.Find(read.Messages, message => !IsOver(message));
        return first is null ? 0 : head.Offset - first.Offset + 1;
    }

    private long PlaceIn(ChannelHead head) => head.Epoch == state.State.Epoch ? state.State.Offset : 0;

    private Task<LogRead> ReadAsync(long after, int limit) => Channel.Read(after, limit);

    private bool IsOver(Message message) =>
        time.GetUtcNow().ToUnixTimeMilliseconds() - message.Time > limits.Value.PersoniumQueueAge.TotalMilliseconds;
}

/// <summary>How far a queue is read.</summary>
[GenerateSerializer, Alias("tidings.PersoniumQueueState")]
internal sealed class PersoniumQueueState
{
    /// <summary>The log's incarnation.</summary>
    [Id(0)] public long Epoch { get; set; }

    /// <summary>Everything up to this offset is read.</summary>
    [Id(1)] public long Offset { get; set; }
}
