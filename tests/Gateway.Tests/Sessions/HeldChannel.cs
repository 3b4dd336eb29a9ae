using System.Threading.Channels;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>A channel grain whose calls wait for the test to answer them.</summary>
internal sealed class HeldChannel : IChannelGrain
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    /// <summary>The next call; fails after some seconds.</summary>
    public async Task<Call> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            return await _calls.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("The channel was not called.");
        }
    }

    /// <summary>Whether a call waits.</summary>
    public bool HasCall => _calls.Reader.Count > 0;

    public Task<PublishResult> Publish(PublishItem[] items)
    {
        var call = new Call(items);
        _calls.Writer.TryWrite(call);
        return call.Answer.Task;
    }

    public ValueTask<ChannelHead> Register(string silo) => throw new NotSupportedException();

    public ValueTask Unregister(string silo) => throw new NotSupportedException();

    public Task<LogRead> Read(long after, int limit) => throw new NotSupportedException();

    internal sealed record Call(PublishItem[] Items)
    {
        public TaskCompletionSource<PublishResult> Answer { get; } = new();

        public string Text => string.Concat(Items.Select(static item => System.Text.Encoding.UTF8.GetString(item.Body)));

        public void Store(long first) => Answer.SetResult(new PublishResult(PublishStatus.Stored, first, 1));
    }
}
