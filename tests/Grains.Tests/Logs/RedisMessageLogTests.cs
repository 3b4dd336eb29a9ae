namespace Tidings.Grains.Logs;

public sealed class RedisMessageLogTests(RedisServerFixture redis) : MessageLogTests, IClassFixture<RedisServerFixture>
{
    private protected override IMessageLog Create(TidingsLimits limits) => RedisLogs.Create(redis.Connection, Time, limits);

    [Fact]
    public async Task An_emptied_log_leaves_only_its_head_and_no_key_expires()
    {
        var (keys, database) = (new RedisLogKeys("emptied"), redis.Connection.GetDatabase());
        var log = RedisLogs.Create(redis.Connection, Time, prefix: "emptied");
        await AppendAsync(log, await log.ClaimAsync(News), 3);
        Assert.Null(await database.KeyTimeToLiveAsync(keys.Log(News)));
        Assert.Null(await database.KeyTimeToLiveAsync(keys.Head(News)));
        Assert.Equal(1, await database.SortedSetLengthAsync(keys.Oldest(News.Tenant)));

        Time.Advance(TimeSpan.FromHours(2));
        await log.TrimAsync();
        Assert.False(await database.KeyExistsAsync(keys.Log(News)));
        Assert.True(await database.KeyExistsAsync(keys.Head(News)));
        Assert.Equal(0, await database.SortedSetLengthAsync(keys.Oldest(News.Tenant)));
    }

    [Fact]
    public async Task A_silo_whose_clock_is_ahead_drops_nothing_early()
    {
        var log = RedisLogs.Create(redis.Connection, Time, new TidingsLimits { LogAge = TimeSpan.FromHours(1) }, prefix: "ahead");
        Time.Advance(DateTimeOffset.UtcNow - Time.GetUtcNow());
        var claim = await AppendAsync(log, await log.ClaimAsync(News), 3);

        Time.Advance(TimeSpan.FromDays(30));
        await AppendAsync(log, claim, 1);
        await log.TrimAsync();

        Assert.Equal([1, 2, 3, 4], (await log.ReadAsync(News, 0, 10)).Offsets());
    }

    [Fact]
    public async Task A_forgotten_channel_leaves_only_what_its_tenant_needs()
    {
        var (keys, server) = (new RedisLogKeys("forgotten"), redis.Server);
        var log = RedisLogs.Create(redis.Connection, Time, prefix: "forgotten");
        await AppendAsync(log, await log.ClaimAsync(News), 3);
        await log.SetInterestAsync(News, "silo-a", true);
        await log.SetInterestAsync(News, "silo-a", false);
        Time.Advance(TimeSpan.FromDays(8));
        await log.TrimAsync();

        Assert.Equal(
            new[] { keys.Tenants, keys.Sequence(News.Tenant), keys.Forgotten(News.Tenant), keys.Birth(News.Tenant) }.Select(static key => (string)key!).Order(),
            server.Keys(pattern: "*forgotten[:/]*").Select(static key => (string)key!).Order());
    }

    [Fact]
    public async Task A_dead_silo_keeps_no_channel()
    {
        var log = RedisLogs.Create(redis.Connection, Time);
        var both = News with { Name = "/both" };
        foreach (var channel in (ChannelId[])[News, both])
        {
            await log.ClaimAsync(channel);
            await log.SetInterestAsync(channel, "silo-dead", true);
        }

        await log.SetInterestAsync(both, "silo-a", true);
        Time.Advance(TimeSpan.FromDays(8));
        await log.TrimAsync(static silo => silo == "silo-dead");

        Assert.Equal(default, (await log.ReadAsync(News, 0, 10)).Head);
        Assert.Equal(["silo-a"], (await log.ClaimAsync(both)).Silos);
    }

    [Fact]
    public void Any_sequence_of_operations_gives_what_a_plain_list_gives_though_calls_and_answers_are_lost()
    {
        var faulty = new FaultyRedis(redis.Connection);
        MessageLogModel.Check(
            limits => (RedisLogs.Create(faulty.Connection, Time, limits), Time), runs: 40, amount => faulty.Fail((RedisFault)(amount % 4)));
    }

    [Fact]
    public async Task Two_servers_share_one_log()
    {
        var prefix = RedisLogs.NewPrefix();
        var here = RedisLogs.Create(redis.Connection, Time, prefix: prefix);
        var there = RedisLogs.Create(redis.Connection, Time, prefix: prefix);
        await AppendAsync(here, await here.ClaimAsync(News), 2);
        await AppendAsync(there, await there.ClaimAsync(News), 1);
        Assert.Equal([1, 2, 3], (await here.ReadAsync(News, 0, 10)).Offsets());
    }

    [Fact]
    public async Task Entries_name_their_writer_and_a_growing_sequence()
    {
        var (keys, database) = (new RedisLogKeys("named"), redis.Connection.GetDatabase());
        var log = RedisLogs.Create(redis.Connection, Time, prefix: "named");
        var first = await log.ClaimAsync(News);
        await AppendAsync(log, first, 1);
        var second = await log.ClaimAsync(News);
        await AppendAsync(log, second, 1);

        var entries = await database.StreamRangeAsync(keys.Log(News));
        Assert.Equal(["1-0", "2-0"], entries.Select(entry => (string)entry.Id!));
        Assert.Equal([first.Writer, second.Writer], entries.Select(entry => (long)entry["w"]));
        Assert.True((long)entries[1]["q"] > (long)entries[0]["q"]);
        Assert.Equal((await log.ReadChangedAsync(News.Tenant, 0, 10)).Sequence, (long)entries[1]["q"]);
    }
}
