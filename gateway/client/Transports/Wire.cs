namespace Tidings.Client.Transports;

/// <summary>A way to the server until it breaks. It moves bytes and knows no messages.</summary>
/// <param name="arrived">Gets each response or frame; its memory is good until the call is done. A socket reads on only then.</param>
internal abstract class Wire(Func<ReadOnlyMemory<byte>, ValueTask> arrived) : IAsyncDisposable
{
    private readonly TaskCompletionSource<LinkLostException> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Bayeux's name of the transport.</summary>
    public abstract string ConnectionType { get; }

    /// <summary>Completes when the wire has ended, and says why.</summary>
    public Task<LinkLostException> Ended => _ended.Task;

    /// <summary>Whether anything came over it.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Sends an array of messages. A failure ends the wire and is not thrown.</summary>
    public abstract Task SendAsync(ReadOnlyMemory<byte> messages);

    /// <summary>Ends it, and waits until nothing can arrive any more.</summary>
    public abstract ValueTask DisposeAsync();

    protected void End(LinkLostException why) => _ended.TrySetResult(why);

    protected ValueTask ArriveAsync(ReadOnlyMemory<byte> messages)
    {
        HasAnswered = true;
        return arrived(messages);
    }
}
