using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.SmartRest;

/// <summary>Why a held poll goes on or ends.</summary>
internal enum PollEnd
{
    /// <summary>Something waits to be matched with the templates.</summary>
    Wake,

    /// <summary>A sign of life is due.</summary>
    KeepAlive,

    /// <summary>Its time is up.</summary>
    Timeout,

    /// <summary>Another poll of the session came, or the session went to another gateway.</summary>
    Superseded,

    /// <summary>Its user has newer connections to the channel, as many as may be.</summary>
    Crowded,

    /// <summary>The client ended the session.</summary>
    Disconnected,

    /// <summary>The session is no more: the client is to begin anew.</summary>
    Unknown,

    /// <summary>The client's connection is gone.</summary>
    Aborted,
}

/// <summary>A held poll: it waits as a task, on no thread. An end is final; wakes and signs of life are taken one by one.</summary>
internal sealed class SmartPoll(DateTimeOffset until, TimeSpan keepAlive, DateTimeOffset now) : ISessionSink
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<PollEnd> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _keepAliveAt = now + keepAlive;
    private PollEnd? _end;

    /// <summary>Its place in the order in which connections came.</summary>
    public long Order { get; } = ConnectionOrder.Next();

    public async Task<PollEnd> NextAsync()
    {
        var next = await _next.Task;
        lock (_lock)
        {
            if (_end is null)
            {
                _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _end ?? next;
        }
    }

    public void End(PollEnd end)
    {
        lock (_lock)
        {
            _end ??= end;
            _next.TrySetResult(end);
        }
    }

    public void Wake(LocalSession session, OutboxItem item) => Wake();

    public void Wake() => Signal(PollEnd.Wake);

    public void Tick(DateTimeOffset time)
    {
        if (time >= until)
        {
            End(PollEnd.Timeout);
        }
        else if (time >= _keepAliveAt)
        {
            _keepAliveAt = time + keepAlive;
            Signal(PollEnd.KeepAlive);
        }
    }

    private void Signal(PollEnd signal)
    {
        lock (_lock)
        {
            _next.TrySetResult(signal);
        }
    }
}
