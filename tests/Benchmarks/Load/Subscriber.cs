namespace Tidings.Benchmarks.Load;

/// <summary>One subscriber of one channel with one publisher: checks that sequence numbers come without gap, repetition or disorder.</summary>
internal sealed class Subscriber(Recorder recorder)
{
    int _expected = 1;

    /// <summary>Finds every stamped message in a frame or response that arrived at <paramref name="now"/>.</summary>
    public void Scan(ReadOnlySpan<byte> text, long now)
    {
        while (true)
        {
            var at = text.IndexOf(Stamp.Marker);
            if (at < 0 || text.Length < at + Stamp.Length)
                return;
            text = text[at..];
            Check(Stamp.Sequence(text));
            recorder.Record(Stamp.Time(text), now);
            text = text[Stamp.Length..];
        }
    }

    void Check(int sequence)
    {
        if (sequence < _expected)
        {
            recorder.RecordDisorder();
            return;
        }
        if (sequence > _expected)
            recorder.RecordGap(sequence - _expected);
        _expected = sequence + 1;
    }
}
