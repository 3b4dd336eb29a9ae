using System.Runtime.InteropServices;

namespace Tidings.Benchmarks.Wire;

/// <summary>A level-triggered epoll set of readable descriptors.</summary>
internal sealed class Poller : IDisposable
{
    const int Capacity = 1024;

    // struct epoll_event is packed on x86-64 (12 bytes, data at 4) and naturally aligned elsewhere (16 bytes, data at 8).
    static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    static readonly int EventSize = Packed ? 12 : 16;
    static readonly int DataOffset = Packed ? 4 : 8;

    readonly int _poll = Libc.EpollCreate(0);
    readonly byte[] _ready = new byte[Capacity * 16];

    /// <summary>The descriptor of the ready event with this index.</summary>
    public int this[int index] => BitConverter.ToInt32(_ready, (index * EventSize) + DataOffset);

    public void Add(int descriptor) => Change(Libc.EpollAdd, descriptor);

    public void Remove(int descriptor) => Change(Libc.EpollDelete, descriptor);

    /// <summary>Waits and returns how many descriptors are readable.</summary>
    public int Wait(int milliseconds) => Math.Max(0, Libc.EpollWait(_poll, _ready, Capacity, milliseconds));

    public void Dispose() => _ = Libc.Close(_poll);

    void Change(int operation, int descriptor)
    {
        Span<byte> change = stackalloc byte[16];
        change.Clear();
        BitConverter.TryWriteBytes(change, Libc.EpollIn);
        BitConverter.TryWriteBytes(change[DataOffset..], descriptor);
        _ = Libc.EpollControl(_poll, operation, descriptor, change);
    }
}
