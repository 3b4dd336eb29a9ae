using System.Runtime.InteropServices;

namespace Tidings.Benchmarks.Wire;

/// <summary>The few Linux calls that keep the generator cheap: one epoll loop for thousands of sockets, and a precise sleep.</summary>
internal static partial class Libc
{
    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const uint EpollIn = 1;

    const int TimerSlack = 29;

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    public static partial int EpollControl(int poll, int operation, int descriptor, ReadOnlySpan<byte> change);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int EpollWait(int poll, Span<byte> ready, int capacity, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    /// <summary>Lets the calling thread's sleeps end on time, instead of up to 50 microseconds late.</summary>
    public static void WakeOnTime() => _ = ProcessControl(TimerSlack, 1, 0, 0, 0);

    public static void Sleep(long microseconds) =>
        _ = NanoSleep(new TimeSpec((nint)(microseconds / 1_000_000), (nint)(microseconds % 1_000_000 * 1000)), 0);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec wanted, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint value, nuint b, nuint c, nuint d);

    readonly record struct TimeSpec(nint Seconds, nint Nanoseconds);
}
