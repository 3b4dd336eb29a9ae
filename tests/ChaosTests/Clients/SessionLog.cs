using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Clients;

/// <summary>Where a client writes down what it sees.</summary>
sealed class SessionLog(RunClock clock)
{
    readonly Lock _lock = new();
    readonly List<Receipt> _receipts = [];
    readonly List<Connection> _connections = [];
    readonly List<Notice> _losses = [];
    readonly List<Notice> _gaps = [];
    readonly List<Notice> _refusals = [];

    /// <summary>When the first subscribe was answered; null before.</summary>
    public TimeSpan? Subscribed { get; private set; }

    /// <summary>Why the last connection ended, in words.</summary>
    public string LastEnd { get; set; } = "no connection has ended";

    /// <summary>How many messages have arrived.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _receipts.Count;
        }
    }

    public TimeSpan Now => clock.Now;

    public void Subscribe() => Subscribed ??= clock.Now;

    public void Receive(MessageKey key, int connection)
    {
        lock (_lock)
            _receipts.Add(new Receipt(key, clock.Now, connection));
    }

    public void Close(Connection connection)
    {
        lock (_lock)
            _connections.Add(connection);
    }

    public void Lose(string text)
    {
        lock (_lock)
            _losses.Add(new Notice(clock.Now, text));
    }

    public void Gap(string text)
    {
        lock (_lock)
            _gaps.Add(new Notice(clock.Now, text));
    }

    public void Refuse(string text)
    {
        lock (_lock)
            _refusals.Add(new Notice(clock.Now, text));
    }

    public SessionRecord ToRecord(int id, SessionKind kind, IReadOnlyList<string> patterns)
    {
        lock (_lock)
            return new SessionRecord(
                id, kind, patterns, Subscribed ?? TimeSpan.MaxValue, [.. _receipts], [.. _connections], [.. _losses], [.. _gaps], [.. _refusals]);
    }
}
