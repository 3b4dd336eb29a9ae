using System.Threading.Channels;

namespace Tidings.Gateway.Tests.Sessions;

/// <summary>Time that stands still until the test goes on to the next timer.</summary>
internal sealed class TimerBook : TimeProvider
{
    private readonly Channel<Entry> _entries = Channel.CreateUnbounded<Entry>();
    private long _ticks;

    /// <summary>The time that has passed.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var entry = new Entry(callback, state, dueTime);
        _entries.Writer.TryWrite(entry);
        return entry;
    }

    /// <summary>Waits until something waits for time to pass, and lets that much pass; fails after some seconds.</summary>
    public async Task AdvanceToNextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            var next = await _entries.Reader.ReadAsync(patience.Token);
            Interlocked.Add(ref _ticks, next.Due.Ticks);
            next.Ring();
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("Nothing waits for time to pass.");
        }
    }

    private sealed class Entry(TimerCallback callback, object? state, TimeSpan due) : ITimer
    {
        public TimeSpan Due => due;

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
