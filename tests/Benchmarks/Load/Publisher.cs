using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Load;

/// <summary>
/// One publisher with channels of its own, taken in turn. Open loop: a message is stamped with the time it was due, so a server or socket
/// that holds the publisher up is charged for the wait of all that queue behind.
/// </summary>
internal sealed class Publisher(Connection connection, IPublishEncoder encoder, int firstChannel, int channels)
{
    readonly int[] _sequences = new int[channels];
    int _turn;
    double _due;
    double _interval;

    /// <summary>Messages handed to the socket since the scene began.</summary>
    public long Published { get; private set; }

    public string? Failure => connection.Failure;

    /// <summary>When the next message is due, microseconds.</summary>
    public long Due => (long)_due;

    /// <summary>Sets the rate (messages a second) from a first due time on.</summary>
    public void Schedule(double rate, double first)
    {
        _due = first;
        _interval = Clock.Second / rate;
    }

    /// <summary>Sends all that is due at <paramref name="now"/> and before <paramref name="end"/>, several in a send when behind.</summary>
    public void PublishDue(long now, long end)
    {
        while (_due <= now && _due < end && connection.Flush())
        {
            for (var batch = 0; batch < encoder.LargestBatch && _due <= now && _due < end; batch++)
                Add();
            connection.Send(encoder.Take());
        }
    }

    void Add()
    {
        encoder.Add(firstChannel + _turn, (long)_due, ++_sequences[_turn]);
        _turn = (_turn + 1) % channels;
        _due += _interval;
        Published++;
    }
}
