using System.Buffers;

namespace Tidings.Protocols.SmartRest;

/// <summary>
/// What was found while one value is matched: for each base its candidates, for each candidate its slots. The candidates of one base
/// are added together. Bounded; rented, so that matching leaves next to nothing to collect.
/// </summary>
internal sealed class CellTable(int bases, int maxCells) : IDisposable
{
    private readonly (int Offset, int Count, int Size)[] _bases = ArrayPool<(int, int, int)>.Shared.Rent(bases);
    private JsonSlice[] _cells = ArrayPool<JsonSlice>.Shared.Rent(64);
    private int _used;
    private int _started;

    /// <summary>Whether something found no room.</summary>
    public bool IsFull { get; private set; }

    public int Count(int index) => index < _started ? _bases[index].Count : 0;

    public ReadOnlySpan<JsonSlice> Row(int index, int element)
    {
        var (offset, _, size) = _bases[index];
        return _cells.AsSpan(offset + element * size, size);
    }

    /// <summary>Room for one candidate more; none when the table is full.</summary>
    public Span<JsonSlice> Add(int index, int size)
    {
        for (; _started <= index; _started++)
            _bases[_started] = (_used, 0, 0);
        if (_used + size > maxCells)
        {
            IsFull = true;
            return [];
        }

        Grow(size);
        _bases[index] = (_bases[index].Offset, _bases[index].Count + 1, size);
        var row = _cells.AsSpan(_used, size);
        row.Clear();
        _used += size;
        return row;
    }

    public void Dispose()
    {
        ArrayPool<JsonSlice>.Shared.Return(_cells);
        ArrayPool<(int, int, int)>.Shared.Return(_bases);
    }

    private void Grow(int size)
    {
        if (_used + size <= _cells.Length)
            return;
        var larger = ArrayPool<JsonSlice>.Shared.Rent(Math.Max(_used + size, 2 * _cells.Length));
        _cells.AsSpan(0, _used).CopyTo(larger);
        ArrayPool<JsonSlice>.Shared.Return(_cells);
        _cells = larger;
    }
}
