using Tidings.Gateway.Bayeux;

namespace Tidings.Gateway.Tests.Bayeux;

public class WaitingFrameTests
{
    [Fact]
    public void Frames_come_in_the_order_in_which_they_were_added()
    {
        WaitingFrame? latest = null;
        for (byte i = 1; i <= 3; i++)
        {
            WaitingFrame.Add(ref latest, new byte[] { i });
        }

        Assert.Equal([1, 2, 3], All(WaitingFrame.TakeAll(ref latest)));
        Assert.Null(WaitingFrame.TakeAll(ref latest));
    }

    [Fact]
    public void Frames_added_after_others_were_taken_come_next()
    {
        WaitingFrame? latest = null;
        WaitingFrame.Add(ref latest, new byte[] { 1 });
        var first = WaitingFrame.TakeAll(ref latest);
        WaitingFrame.Add(ref latest, new byte[] { 2 });

        Assert.Equal([1], All(first));
        Assert.Equal([2], All(WaitingFrame.TakeAll(ref latest)));
    }

    [Fact]
    public async Task Every_frame_of_every_thread_comes_once_and_each_threads_in_order()
    {
        const int Threads = 4;
        const int Each = 20_000;
        WaitingFrame? latest = null;
        var adding = Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                WaitingFrame.Add(ref latest, BitConverter.GetBytes((thread * Each) + i));
            }
        })).ToArray();

        var last = Enumerable.Range(0, Threads).Select(static thread => (thread * Each) - 1).ToArray();
        var done = Task.WhenAll(adding);
        for (var isLast = false; !isLast;)
        {
            isLast = done.IsCompleted;
            for (var frame = WaitingFrame.TakeAll(ref latest); frame is not null; frame = frame.Next)
            {
                var number = BitConverter.ToInt32(frame.Bytes.Span);
                Assert.Equal(++last[number / Each], number);
            }
        }

        await done;
        Assert.Equal(Enumerable.Range(1, Threads).Select(static thread => (thread * Each) - 1), last);
    }

    private static IEnumerable<byte> All(WaitingFrame? oldest)
    {
        for (var frame = oldest; frame is not null; frame = frame.Next)
        {
            yield return frame.Bytes.Span[0];
        }
    }
}
