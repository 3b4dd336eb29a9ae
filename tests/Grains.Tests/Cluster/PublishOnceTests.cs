using Microsoft.Extensions.Options;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Cluster;

/// <summary>A publish whose outcome its publisher does not know is repeated, and stored once.</summary>
public sealed class PublishOnceTests(PublishOnceTests.Fixture fixture) : IClassFixture<PublishOnceTests.Fixture>
{
    private readonly TestCluster _cluster = fixture.Cluster;
    private readonly string _name = $"/once/{Guid.NewGuid():N}";

    [Fact]
    public async Task In_one_call_a_key_is_stored_once()
    {
        var channel = await _cluster.ChannelAsync(_name);
        var (a, b) = (Item("a"), Item("b"));

        var result = await channel.Grain.Publish([a, a, b, a]);

        Assert.Equal([1, 1, 2, 1], Offsets(result, 4));
        Assert.Equal(["a", "b"], await StoredAsync(channel));
    }

    [Fact]
    public async Task In_two_calls_a_key_is_stored_once_and_what_is_new_is_stored_too()
    {
        var channel = await _cluster.ChannelAsync(_name);
        var (a, b, c) = (Item("a"), Item("b"), Item("c"));
        await channel.Grain.Publish([a, b]);

        Assert.Equal([3, 2, 1], Offsets(await channel.Grain.Publish([c, b, a]), 3));
        Assert.Equal([1, 2], Offsets(await channel.Grain.Publish([a, b]), 2));
        Assert.Equal(["a", "b", "c"], await StoredAsync(channel));
    }

    [Fact]
    public async Task In_calls_at_the_same_time_a_key_is_stored_once()
    {
        var channel = await _cluster.ChannelAsync(_name);
        PublishItem[] items = [.. Enumerable.Range(0, 10).Select(static i => Item($"{i}"))];

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => channel.Grain.Publish([items[i % 10]])));

        Assert.All(results.Chunk(10), chunk => Assert.Equal(results.Take(10).Select(static result => result.FirstOffset), chunk.Select(static result => result.FirstOffset)));
        Assert.Equal(10, (await StoredAsync(channel)).Count());
    }

    [Fact]
    public async Task Publishes_without_a_key_are_all_stored()
    {
        var channel = await _cluster.ChannelAsync(_name);
        var bare = TestChannel.Item("x");

        await channel.Grain.Publish([bare, bare]);
        await channel.Grain.Publish([bare]);

        Assert.Equal(["x", "x", "x"], await StoredAsync(channel));
    }

    [Fact]
    public async Task A_channel_taken_up_by_another_activation_knows_what_was_stored()
    {
        var channel = await _cluster.ChannelAsync(_name);
        var (a, b) = (Item("a"), Item("b"));
        await channel.Grain.Publish([a]);
        await _cluster.Log.ClaimAsync(channel.Id);
        Assert.Equal(PublishStatus.Unavailable, (await channel.Grain.Publish([b])).Status);

        Assert.Equal([1, 2], Offsets(await channel.Grain.Publish([a, b]), 2));
        Assert.Equal(["a", "b"], await StoredAsync(channel));
    }

    [Fact]
    public async Task A_publish_that_was_stored_without_an_answer_is_not_stored_again()
    {
        var channel = await _cluster.ChannelAsync(_name);
        var (a, b, c) = (Item("a"), Item("b"), Item("c"));
        await channel.Grain.Publish([a]);
        fixture.Log.LeaveUnanswered(appends: 1);
        Assert.Equal(PublishStatus.Unavailable, (await channel.Grain.Publish([b])).Status);

        Assert.Equal([2, 3], Offsets(await channel.Grain.Publish([b, c]), 2));
        Assert.Equal(["a", "b", "c"], await StoredAsync(channel));
    }

    private static PublishItem Item(string body) => TestChannel.Item(body) with { Key = PublishKey.Fresh() };

    private static IEnumerable<long> Offsets(PublishResult result, int count)
    {
        Assert.Equal(PublishStatus.Stored, result.Status);
        return Enumerable.Range(0, count).Select(i => result.At(i).FirstOffset);
    }

    private async Task<IEnumerable<string>> StoredAsync(TestChannel channel) => (await _cluster.Log.ReadAsync(channel.Id, 0, 1000)).Messages.Select(Messages.Body);

    /// <summary>A silo whose log can leave appends unanswered.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly IMessageLog _log = LogProxy.Of(new MemoryMessageLog(Options.Create(new TidingsLimits()), TimeProvider.System));

        internal TestCluster Cluster { get; private set; } = null!;

        internal LogProxy Log => (LogProxy)(object)_log;

        /// <inheritdoc/>
        public async Task InitializeAsync() => Cluster = await TestCluster.StartAsync(1, log: _log);

        /// <inheritdoc/>
        public async Task DisposeAsync() => await Cluster.DisposeAsync();
    }
}
