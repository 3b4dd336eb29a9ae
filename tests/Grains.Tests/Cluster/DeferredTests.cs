using Microsoft.Extensions.Options;
using Tidings.Grains.Fanout;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Cluster;

public sealed class DeferredTests
{
    private const string Name = "/deferred";
    private static readonly ChannelId Channel = new(ChannelId.DefaultTenant, Name);
    private static readonly TidingsLimits Limits = new() { StreamQueueBytes = 64 * 1024 };

    [Fact]
    public async Task What_comes_while_a_gap_cannot_be_read_is_kept_up_to_a_bound_and_read_from_the_log_beyond_it()
    {
        var log = LogProxy.Of(new MemoryMessageLog(Options.Create(Limits), TimeProvider.System));
        await using var cluster = await TestCluster.StartAsync(silos: 1, Limits, log: log);
        var session = await cluster.OpenAsync(cluster.AddGateway(), subscriptions: [Name]);
        var readable = new TaskCompletionSource();
        ((LogProxy)(object)log).FailReadsUntil(readable.Task);
        var fanout = cluster.Service<SiloFanout>(0);

        // The first event is lost, so that each of the following waits for it.
        await AppendAsync(log);
        for (var i = 0; i < 40; i++)
        {
            fanout.Deliver(0, await AppendAsync(log));
        }

        Assert.True(cluster.Counted(0, metrics => metrics.StreamEventsDropped) > 0, "nothing was dropped at the bound");
        readable.SetResult();
        await session.Client.GetsExactly(Name, 1, 41);
    }

    [Fact]
    public void Beyond_the_bound_only_the_newest_head_is_kept()
    {
        var deferred = new DeferredBatches(mostBytes: 100);
        Assert.True(deferred.Add(Batch(2, 2, bytes: 90)));
        Assert.False(deferred.Add(Batch(3, 4, bytes: 20)));
        Assert.False(deferred.Add(Batch(5, 5, bytes: 1)));
        Assert.True(deferred.Add(new ChannelBatch { Channel = Channel, Epoch = 1, Messages = [], Head = 7 }));
        Assert.Equal(2, Assert.Single(deferred.Batches).Head);
        Assert.Equal(7, deferred.Head);
    }

    private static ChannelBatch Batch(long first, long last, int bytes) => new()
    {
        Channel = Channel,
        Epoch = 1,
        Messages = [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => Messages.Of(first + i, 0, new string('x', bytes)))],
        Head = last,
    };

    private static async Task<ChannelBatch> AppendAsync(IMessageLog log)
    {
        var claim = await log.ClaimAsync(Channel);
        var messages = Messages.After(claim, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 1, body: new string('x', 4096));
        await log.AppendAsync(claim, messages);
        return new ChannelBatch { Channel = Channel, Epoch = claim.Head.Epoch, Messages = messages, Head = messages[^1].Offset };
    }
}
