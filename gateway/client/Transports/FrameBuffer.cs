namespace Tidings.Client.Transports;

/// <summary>Collects one response or frame, up to a bound.</summary>
internal sealed class FrameBuffer(int maxBytes)
{
    private const int First = 8 * 1024;

    private byte[] _bytes = new byte[Math.Min(First, maxBytes)];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Where to read to; never empty.</summary>
    /// <exception cref="InvalidDataException">The bound is reached.</exception>
    public Memory<byte> Free()
    {
        if (_length == _bytes.Length)
        {
            // One byte beyond the bound, so that a frame of exactly that size can be seen to end.
            var size = Math.Min(_bytes.Length * 2L, maxBytes + 1L);
            if (size <= _bytes.Length)
            {
                throw new InvalidDataException($"A response has more than {maxBytes} bytes.");
            }

            Array.Resize(ref _bytes, (int)size);
        }

        return _bytes.AsMemory(_length);
    }

    public void Advance(int count)
    {
        _length += count;
        if (_length > maxBytes)
        {
            throw new InvalidDataException($"A response has more than {maxBytes} bytes.");
        }
    }

    public void Clear() => _length = 0;
}
