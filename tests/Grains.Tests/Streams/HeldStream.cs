using System.Threading.Channels;
using Orleans.Streams;

namespace Tidings.Grains.Streams;

/// <summary>A stream whose events wait until a test lets them through, and the provider of it. It can do nothing else.</summary>
internal sealed class HeldStream : IStreamProvider, IAsyncStream<FanoutEvent>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly Channel<HeldEvent> _events = Channel.CreateUnbounded<HeldEvent>();

    public string Name => SiloStream.Provider;

    public string ProviderName => Name;

    public bool IsRewindable => false;

    public StreamId StreamId => SiloStream.IdOf("silo");

    /// <summary>The next event that was sent.</summary>
    public async Task<HeldEvent> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await _events.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("No event was sent.");
        }
    }

    public Task OnNextAsync(FanoutEvent item, StreamSequenceToken? token = null)
    {
        var held = new HeldEvent(item);
        _events.Writer.TryWrite(held);
        return held.Passed.Task;
    }

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => (IAsyncStream<T>)(object)this;

    public bool Equals(IAsyncStream<FanoutEvent>? other) => ReferenceEquals(this, other);

    public int CompareTo(IAsyncStream<FanoutEvent>? other) => throw new NotSupportedException();

    public Task OnNextBatchAsync(IEnumerable<FanoutEvent> batch, StreamSequenceToken? token = null) => throw new NotSupportedException();

    public Task OnCompletedAsync() => throw new NotSupportedException();

    public Task OnErrorAsync(Exception ex) => throw new NotSupportedException();

    public Task<IList<StreamSubscriptionHandle<FanoutEvent>>> GetAllSubscriptionHandles() => throw new NotSupportedException();

    public Task<StreamSubscriptionHandle<FanoutEvent>> SubscribeAsync(IAsyncObserver<FanoutEvent> observer) => throw new NotSupportedException();

    public Task<StreamSubscriptionHandle<FanoutEvent>> SubscribeAsync(
        IAsyncObserver<FanoutEvent> observer, StreamSequenceToken? token, string? filterData = null) => throw new NotSupportedException();

    public Task<StreamSubscriptionHandle<FanoutEvent>> SubscribeAsync(IAsyncBatchObserver<FanoutEvent> observer) => throw new NotSupportedException();

    public Task<StreamSubscriptionHandle<FanoutEvent>> SubscribeAsync(
        IAsyncBatchObserver<FanoutEvent> observer, StreamSequenceToken? token) => throw new NotSupportedException();
}

/// <summary>An event on its way.</summary>
internal sealed record HeldEvent(FanoutEvent Event)
{
    /// <summary>The sizes of its batches.</summary>
    public IEnumerable<long> Sizes => Event.Batches.Select(static batch => batch.Size);

    /// <summary>To be completed when the event has passed.</summary>
    public TaskCompletionSource Passed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
