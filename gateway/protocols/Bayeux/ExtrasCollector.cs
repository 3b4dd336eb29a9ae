namespace Tidings.Protocols.Bayeux;

/// <summary>
/// Gathers unknown members. A run of neighbours, commas included, is a slice of the input; only several runs are copied together.
/// </summary>
internal struct ExtrasCollector(ReadOnlyMemory<byte> input, int maxBytes)
{
    private List<Range>? _earlierRuns;
    private int _start;
    private int _end;
    private int _bytes;
    private bool _isOpen;

    /// <summary>Adds the member at these positions of the input; false, and not added, if that is too much.</summary>
    public bool TryAdd(int start, int end)
    {
        if (end - start + 1 > maxBytes - _bytes)
        {
            Interrupt();
            return false;
        }

        _bytes += end - start + 1;
        if (!_isOpen)
            OpenRun(start);
        _end = end;
        return true;
    }

    /// <summary>Another member follows: the run ends here.</summary>
    public void Interrupt() => _isOpen = false;

    /// <summary>All members, comma separated.</summary>
    public readonly ReadOnlyMemory<byte> ToMemory() => _earlierRuns is null ? input[_start.._end] : Join(_earlierRuns);

    private void OpenRun(int start)
    {
        if (_end > 0)
            (_earlierRuns ??= []).Add(_start.._end);
        _start = start;
        _isOpen = true;
    }

    private readonly byte[] Join(List<Range> runs)
    {
        using var joined = new MemoryStream(_bytes);
        foreach (var run in runs)
        {
            joined.Write(input.Span[run]);
            joined.WriteByte((byte)',');
        }

        joined.Write(input.Span[_start.._end]);
        return joined.ToArray();
    }
}
