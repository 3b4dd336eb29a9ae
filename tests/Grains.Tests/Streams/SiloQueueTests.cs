using Microsoft.Extensions.Options;

namespace Tidings.Grains.Streams;

public sealed class SiloQueueTests : IDisposable
{
    private const int MostBytes = 64 * 1024;

    private readonly SiloQueue _queue = new(
        "S127.0.0.1:1:1", Options.Create(new TidingsLimits { StreamQueueEvents = 3, StreamQueueBytes = MostBytes }), TimeProvider.System);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task One_read_gives_everything_that_waits_in_order()
    {
        Assert.True(_queue.TryEnqueue(Events.Of(1)));
        Assert.True(_queue.TryEnqueue(Events.Of(2)));

        var batch = Assert.Single(await _queue.GetQueueMessagesAsync(100));

        Assert.Equal([1, 2], batch.GetEvents<FanoutEvent>().Single().Item1.Batches.Select(static part => part.Size));
    }

    [Fact]
    public void Full_in_events_it_takes_no_more()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.True(_queue.TryEnqueue(Events.Of(1)));
        }

        Assert.False(_queue.TryEnqueue(Events.Of(1)));
    }

    [Fact]
    public async Task Full_in_bytes_it_takes_no_more_until_it_is_read()
    {
        Assert.True(_queue.TryEnqueue(Events.Of(MostBytes)));
        Assert.False(_queue.TryEnqueue(Events.Of(1)));

        await _queue.GetQueueMessagesAsync(100);

        Assert.True(_queue.TryEnqueue(Events.Of(1)));
    }

    [Fact]
    public async Task What_was_refused_takes_no_room()
    {
        Assert.True(_queue.TryEnqueue(Events.Of(1)));
        Assert.False(_queue.TryEnqueue(Events.Of(MostBytes)));
        Assert.True(_queue.TryEnqueue(Events.Of(MostBytes - 1)));
        await _queue.GetQueueMessagesAsync(100);

        Assert.True(_queue.TryEnqueue(Events.Of(MostBytes)));
    }

    [Fact]
    public void An_event_larger_than_the_queue_is_taken_when_nothing_waits()
    {
        Assert.True(_queue.TryEnqueue(Events.Of(2 * MostBytes)));

        Assert.False(_queue.TryEnqueue(Events.Of(1)));
        Assert.True(_queue.TryEnqueue(Events.Of()));
    }
}
