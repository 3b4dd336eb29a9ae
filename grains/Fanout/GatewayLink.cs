using Microsoft.Extensions.Logging;

namespace Tidings.Grains.Fanout;

/// <summary>
/// The way from this silo to one gateway: frames in order, one call in flight, the rest waits and goes with the next.
/// A frame counts as delivered when the gateway says that every session has it; until then cursors do not move past it.
/// </summary>
internal sealed partial class GatewayLink(
    string silo,
    GatewayAddress gateway,
    IGatewayObserver observer,
    TidingsLimits limits,
    TimeProvider time,
    ILogger logger,
    Func<GatewayLink, Task> drained,
    Action<GatewayLink> lost)
{
    private const int CallBytes = 1024 * 1024;
    private const int CallFrames = 4096;
    private static readonly TimeSpan AskForNews = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan TakenTick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SuspectAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HandoverPatience = TimeSpan.FromSeconds(5);

    private static long _lastId;

    private readonly Lock _lock = new();
    private readonly Queue<(LinkFrame Frame, int Bytes)> _waiting = new();
    private readonly CancellationTokenSource _closed = new();
    private TaskCompletionSource? _idle;
    private long _lastFrame;
    private long _sentFrame;
    private long _takenFrame;
    private long _bytes;
    private (DateTimeOffset At, long Frame) _settling;
    private (DateTimeOffset At, long Frame) _mark;
    private long _calledAt;

    /// <summary>Its number: larger than that of any earlier link of this silo, also before a restart.</summary>
    public long Id { get; } = NextId(time.GetUtcNow().Ticks);

    /// <summary>The gateway process.</summary>
    public string GatewayId => gateway.Id;

    /// <summary>Where it is reached.</summary>
    public GatewayAddress Gateway => gateway;

    /// <summary>Up to this frame the gateway has delivered everything to everyone, or parked whom it could not.</summary>
    public long Delivered { get; private set; }

    /// <summary>
    /// Up to this frame <see cref="Delivered"/> was so long ago that no handover under way can name an earlier one: a gateway
    /// acknowledges on behalf of its remaining sessions as soon as it has given one up, before the handover arrives.
    /// </summary>
    public long Settled { get; private set; }

    /// <summary>Everything that had been sent by then is delivered.</summary>
    public DateTimeOffset DeliveredThrough { get; private set; } = time.GetUtcNow();

    /// <summary>Whether a call has been waiting for its answer for long: the gateway may be gone.</summary>
    public bool IsSilent => Interlocked.Read(ref _calledAt) is not 0 and var since && time.GetElapsedTime(since) > SuspectAfter;

    /// <summary>Whether it was given up; its sessions wait for another gateway.</summary>
    public bool IsLost => _closed.IsCancellationRequested;

    /// <summary>Whether the gateway is so far behind that deliveries wait in the logs (<see cref="TidingsLimits.LinkBytes"/>).</summary>
    public bool Stalled { get; set; }

    /// <summary>The channels with messages that were not sent because the link stalled.</summary>
    public HashSet<ChannelFeed> Behind { get; } = [];

    /// <summary>Whether the gateway has not taken in every frame.</summary>
    public bool HasUntaken => Interlocked.Read(ref _lastFrame) > Interlocked.Read(ref _takenFrame);

    /// <summary>Bytes of messages that wait.</summary>
    public long WaitingBytes => Interlocked.Read(ref _bytes);

    /// <summary>Whether as many bytes wait as may.</summary>
    public bool IsFull => WaitingBytes >= limits.LinkBytes;

    /// <summary>Whether there is room again after it stalled.</summary>
    public bool HasRoom => WaitingBytes < limits.LinkBytes / 2;

    public void Start() => _ = Task.Run(PumpAsync);

    /// <summary>Adds a frame and gives its number. Called under the fan-out's lock, so that frames are in the order of events.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="bytes">Bytes of messages in it.</param>
    /// <param name="quietly">Whether the caller calls <see cref="Wake"/> when it has added everything and given the lock back.</param>
    public long Add(LinkFrame frame, int bytes = 0, bool quietly = false)
    {
        TaskCompletionSource? idle = null;
        long number;
        lock (_lock)
        {
            _waiting.Enqueue((frame, bytes));
            _bytes += bytes;
            number = ++_lastFrame;
            if (!quietly)
            {
                (idle, _idle) = (_idle, null);
            }
        }

        if (idle is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static idle => idle.SetResult(), idle, preferLocal: true);
        }

        return number;
    }

    /// <summary>Has what waits sent. Where no call is in flight the next one is made right here, and no other thread need wake for it.</summary>
    public void Wake()
    {
        TaskCompletionSource? idle = null;
        lock (_lock)
        {
            if (_waiting.Count > 0)
            {
                (idle, _idle) = (_idle, null);
            }
        }

        idle?.SetResult();
    }

    /// <summary>Completes when the gateway has taken a frame in, or does not answer.</summary>
    public async Task TakenAsync(long frame)
    {
        using var ticks = new PeriodicTimer(TakenTick, time);
        while (!IsLost && !IsSilent && Interlocked.Read(ref _takenFrame) < frame)
        {
            await ticks.WaitForNextTickAsync();
        }
    }

    /// <summary>What was to be sent when the link was given up.</summary>
    public LinkFrame[] TakeUnsent()
    {
        lock (_lock)
        {
            var unsent = _waiting.Select(static waiting => waiting.Frame).ToArray();
            _waiting.Clear();
            _bytes = 0;
            return unsent;
        }
    }

    public void Close()
    {
        _closed.Cancel();
        EndWait();
    }

    /// <summary>
    /// Waits for (a) frames to send, (b) 200 ms while deliveries are not acknowledged, (c) a second otherwise, so that either side
    /// notices the other's death.
    /// </summary>
    private async Task PumpAsync()
    {
        var failingSince = (DateTimeOffset?)null;
        var batch = Take();
        while (!IsLost)
        {
            if (batch.Length == 0 && failingSince is null)
            {
                await WaitAsync(Delivered < _sentFrame ? AskForNews : SignOfLife);
                batch = Take();
            }

            try
            {
                var first = _sentFrame - batch.Length + 1;
                Interlocked.CompareExchange(ref _calledAt, time.GetTimestamp(), 0);
                var ack = await observer.Receive(new LinkBatch { Silo = silo, Link = Id, FirstFrame = first, Frames = batch }).WaitAsync(CallPatience, time);
                Interlocked.Exchange(ref _calledAt, 0);
                if (ack.IsRefused)
                {
                    Log.LinkRefused(logger, GatewayId);
                    Close();
                    lost(this);
                    return;
                }

                Interlocked.Exchange(ref _takenFrame, _sentFrame);
                Delivered = Math.Max(Delivered, ack.Delivered);
                Settle();
                failingSince = null;
                batch = Take();
                if (Stalled && HasRoom)
                {
                    await drained(this);
                }
            }
            catch (Exception exception) when (!IsLost)
            {
                failingSince ??= time.GetUtcNow();
                if (time.GetUtcNow() - failingSince > LostAfter)
                {
                    Log.GatewayLost(logger, GatewayId, exception);
                    Close();
                    lost(this);
                    return;
                }

                await Task.Delay(AskForNews, time, _closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static long NextId(long now)
    {
        var last = Interlocked.Read(ref _lastId);
        while (true)
        {
            var next = Math.Max(now, last + 1);
            var seen = Interlocked.CompareExchange(ref _lastId, next, last);
            if (seen == last)
            {
                return next;
            }

            last = seen;
        }
    }

    private void Settle()
    {
        var now = time.GetUtcNow();
        if (Delivered >= _mark.Frame)
        {
            DeliveredThrough = _mark.Frame == 0 ? DeliveredThrough : _mark.At;
            _mark = (now, _sentFrame);
        }

        if (now - _settling.At > HandoverPatience)
        {
            Settled = _settling.Frame;
            _settling = (now, Delivered);
        }
    }

    private async Task WaitAsync(TimeSpan longest)
    {
        var idle = new TaskCompletionSource();
        lock (_lock)
        {
            if (_waiting.Count > 0 || IsLost)
            {
                return;
            }

            _idle = idle;
        }

        using var news = time.CreateTimer(static link => ((GatewayLink)link!).EndWait(), this, longest, Timeout.InfiniteTimeSpan);
        await idle.Task;
    }

    /// <summary>It is time to ask for news, or over.</summary>
    private void EndWait()
    {
        TaskCompletionSource? idle;
        lock (_lock)
        {
            (idle, _idle) = (_idle, null);
        }

        idle?.SetResult();
    }

    private LinkFrame[] Take()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                return [];
            }

            var frames = new List<LinkFrame>(Math.Min(_waiting.Count, CallFrames));
            var bytes = 0;
            while (frames.Count < CallFrames && bytes < CallBytes && _waiting.TryDequeue(out var next))
            {
                frames.Add(next.Frame);
                bytes += next.Bytes;
            }

            _bytes -= bytes;
            _sentFrame += frames.Count;
            return [.. frames];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Warning, "Gateway {Gateway} does not answer; its sessions wait for another")]
        public static partial void GatewayLost(ILogger logger, string gateway, Exception exception);

        [LoggerMessage(1202, LogLevel.Warning, "Gateway {Gateway} had given this silo up; its sessions are attached anew")]
        public static partial void LinkRefused(ILogger logger, string gateway);
    }
}
