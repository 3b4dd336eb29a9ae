using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Streams;
using Tidings.Grains.Cluster;

namespace Tidings.Grains.Streams;

public sealed class SiloSenderTests : IDisposable
{
    private const int MiB = 1024 * 1024;
    private readonly Counters _counters = new();
    private readonly ServiceProvider _services;
    private readonly HeldStream _stream = new();
    private readonly LocalEvents _local = new();
    private readonly Members _members = new();
    private readonly SiloMetrics _metrics;
    private readonly SiloSender _sender;

    public SiloSenderTests()
    {
        _services = new ServiceCollection().AddMetrics().AddKeyedSingleton<IStreamProvider>(SiloStream.Provider, _stream).BuildServiceProvider();
        _metrics = new SiloMetrics(_services.GetRequiredService<IMeterFactory>());
        var limits = Options.Create(new TidingsLimits { StreamLaneBatches = 3, StreamLaneBytes = 6 * MiB });
        _sender = new SiloSender(_services, _local, _members, limits, TimeProvider.System, NullLogger<SiloSender>.Instance, _metrics);
    }

    public void Dispose()
    {
        _counters.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task What_comes_while_an_event_is_sent_goes_with_the_next()
    {
        Send(1);
        var first = await _stream.NextAsync();
        Send(2);
        Send(3);
        first.Passed.SetResult();

        Assert.Equal([1], first.Sizes);
        Assert.Equal([2, 3], (await _stream.NextAsync()).Sizes);
    }

    [Fact]
    public async Task A_lane_full_in_batches_drops_the_newest()
    {
        Send(1);
        var first = await _stream.NextAsync();
        foreach (var size in (int[])[2, 3, 4, 5])
        {
            Send(size);
        }

        first.Passed.SetResult();

        Assert.Equal([2, 3, 4], (await _stream.NextAsync()).Sizes);
        Assert.Equal(1, _counters.Of(_metrics.StreamEventsDropped));
    }

    [Fact]
    public async Task A_lane_full_in_bytes_drops_the_newest_and_an_event_ends_after_its_bytes()
    {
        Send(1);
        var first = await _stream.NextAsync();
        Send(3 * MiB);
        Send(3 * MiB);
        Send(1);
        first.Passed.SetResult();
        var second = await _stream.NextAsync();
        second.Passed.SetResult();

        Assert.Equal([3 * MiB], second.Sizes);
        Assert.Equal([3 * MiB], (await _stream.NextAsync()).Sizes);
        Assert.Equal(1, _counters.Of(_metrics.StreamEventsDropped));
    }

    [Fact]
    public async Task What_is_for_this_silo_takes_no_stream_and_keeps_its_order()
    {
        for (var size = 1; size <= 3; size++)
        {
            _sender.Send([_local.Silo], Events.Batch(size));
        }

        await Eventually.Is(() => _local.Sizes.Length == 3, "three batches");
        Assert.Equal([1, 2, 3], _local.Sizes);
        Assert.Equal(0, _counters.Of(_metrics.StreamEventsDropped));
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_silo_that_is_gone()
    {
        Send(1);
        var first = await _stream.NextAsync();
        _members.Gone = "silo";
        first.Passed.SetException(new TimeoutException());
        await Eventually.Is(() => _counters.Of(_metrics.StreamEventsDropped) == 1, "an event that failed");
        await Eventually.Is(() => _members.Asked == 2, "a second look at the silo");

        Send(2);
        _sender.Retain(new HashSet<string>());
        Send(3);
        _sender.Send(["other"], Events.Batch(4));

        Assert.Equal([4], (await _stream.NextAsync()).Sizes);
        Assert.Equal(1, _counters.Of(_metrics.StreamEventsDropped));
    }

    private void Send(int size) => _sender.Send(["silo"], Events.Batch(size));

    private sealed class Members : IClusterMembers
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public string? Gone { get; set; }

        public bool IsGone(string silo)
        {
            Interlocked.Increment(ref _asked);
            return silo == Gone;
        }

        public IReadOnlySet<string> Alive() => throw new NotSupportedException();
    }

    private sealed class LocalEvents : ISiloEvents
    {
        private readonly Lock _lock = new();
        private readonly List<int> _sizes = [];

        public string Silo => "local";

        public int[] Sizes
        {
            get
            {
                lock (_lock)
                {
                    return [.. _sizes];
                }
            }
        }

        public void Deliver(long sentAt, params ReadOnlySpan<ChannelBatch> batches)
        {
            lock (_lock)
            {
                foreach (var batch in batches)
                {
                    _sizes.Add((int)batch.Size);
                }
            }
        }
    }
}
