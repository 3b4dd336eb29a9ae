using System.Text;
using Tidings.Grains.Cluster;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Personium;

/// <summary>Queues: each message to one reader, bounded, expiring.</summary>
public sealed class PersoniumQueueTests
{
    private static readonly string Key = new ChannelId(ChannelId.DefaultTenant, "/personium/box1/c/queue/q1").ToKey();

    [Fact]
    public async Task Readers_that_race_at_two_silos_get_each_message_once()
    {
        const int Messages = 40;
        await using var cluster = await TestCluster.StartAsync(2);
        var readers = new[] { QueueAt(cluster, 0), QueueAt(cluster, 1) };
        for (var number = 0; number < Messages; number++)
        {
            Assert.Equal(PublishStatus.Stored, await readers[number % 2].Send(Item(number)));
        }

        var takes = await Task.WhenAll(Enumerable.Range(0, Messages + 10).Select(take => readers[take % 2].Take(1)));

        Assert.Equal(Enumerable.Range(0, Messages), takes.SelectMany(static taken => taken).Select(NumberOf).Order());
        Assert.Equal(10, takes.Count(static taken => taken.Length == 0));
    }

    [Fact]
    public async Task A_full_queue_refuses_until_something_is_read()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { PersoniumQueueMessages = 3 });
        var queue = QueueAt(cluster, 0);
        await SendAsync(queue, 0, 3);
        Assert.Equal(PublishStatus.Busy, await queue.Send(Item(3)));
        Assert.Equal(PublishStatus.Busy, await queue.Send(Item(3)));

        Assert.Equal([0], (await queue.Take(1)).Select(NumberOf));
        Assert.Equal(PublishStatus.Stored, await queue.Send(Item(3)));
        Assert.Equal(PublishStatus.Busy, await queue.Send(Item(4)));
        Assert.Equal([1, 2, 3], (await queue.Take(10)).Select(NumberOf));
    }

    [Fact]
    public async Task A_queue_takes_no_more_than_its_log_keeps()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { LogMessages = 3 });
        var queue = QueueAt(cluster, 0);
        await SendAsync(queue, 0, 3);
        Assert.Equal(PublishStatus.Busy, await queue.Send(Item(3)));
        Assert.Equal([0, 1, 2], (await queue.Take(10)).Select(NumberOf));
    }

    [Fact]
    public async Task What_waited_too_long_is_not_given_and_takes_no_place()
    {
        var time = new ManualTime();
        var limits = new TidingsLimits { PersoniumQueueMessages = 3, PersoniumQueueAge = TimeSpan.FromMinutes(10) };
        await using var cluster = await TestCluster.StartAsync(1, limits, time);
        var queue = QueueAt(cluster, 0);
        await SendAsync(queue, 0, 2);
        time.Advance(TimeSpan.FromMinutes(6));
        await SendAsync(queue, 2, 1);
        Assert.Equal(PublishStatus.Busy, await queue.Send(Item(3)));

        time.Advance(TimeSpan.FromMinutes(6));
        await SendAsync(queue, 3, 2);
        Assert.Equal(PublishStatus.Busy, await queue.Send(Item(5)));
        Assert.Equal([2, 3], (await queue.Take(2)).Select(NumberOf));

        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Empty(await queue.Take(10));
    }

    private static async Task SendAsync(IPersoniumQueueGrain queue, int first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            Assert.Equal(PublishStatus.Stored, await queue.Send(Item(number)));
        }
    }

    private static IPersoniumQueueGrain QueueAt(TestCluster cluster, int silo) => cluster.Service<IGrainFactory>(silo).GetGrain<IPersoniumQueueGrain>(Key);

    private static PublishItem Item(int number) => new() { Body = Encoding.UTF8.GetBytes($"{number}") };

    private static int NumberOf(Message message) => int.Parse(Encoding.UTF8.GetString(message.Item.Body), System.Globalization.CultureInfo.InvariantCulture);
}
