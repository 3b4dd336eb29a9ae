using System.Net.Sockets;
using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>What a log in Redis answers when Redis or the way to it fails.</summary>
public sealed class RedisFailureTests(RedisServerFixture redis) : IClassFixture<RedisServerFixture>
{
    private static readonly ChannelId News = new(ChannelId.DefaultTenant, "/news");

    private const int LongerThanATimeout = 1600;

    private readonly ManualTime _time = new();
    private readonly string _prefix = RedisLogs.NewPrefix();

    [Fact]
    public async Task A_redis_that_lost_its_data_starts_a_later_epoch_and_fences_the_writer()
    {
        var log = Create();
        var claim = await AppendAsync(log, await log.ClaimAsync(News), 5);
        var before = await log.ReadChangedAsync(News.Tenant, 0, 10);
        await redis.RestartEmptyAsync();

        Assert.Null(await log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 1)));
        var fresh = await log.ClaimAsync(News);
        Assert.True(fresh.Head.Epoch > claim.Head.Epoch);
        Assert.True(fresh.Writer > claim.Writer);
        Assert.True(fresh.Head.Offset > claim.Head.Offset);

        await AppendAsync(log, fresh, 1);
        Assert.Equal([News.Name], (await log.ReadChangedAsync(News.Tenant, before.Sequence, 10)).Channels);
        Assert.Null(await log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 1)));
    }

    [Fact]
    public async Task A_place_in_a_lost_log_is_none_in_the_log_after_it_even_for_one_who_knew_neither()
    {
        var (knew, other) = (Create(), Create());
        var claim = await AppendAsync(knew, await knew.ClaimAsync(News), 3);
        await redis.RestartEmptyAsync();
        await knew.RemindAsync();

        var fresh = await AppendAsync(other, await other.ClaimAsync(News), 5);
        var read = await other.ReadAsync(News, claim.Head.Offset, 10);
        Assert.True(read.First > claim.Head.Offset + 1);
        Assert.Equal(5, read.Messages.Length);
        Assert.Equal(fresh.Head, read.Head);
    }

    [Fact]
    public async Task A_store_that_lost_nothing_is_left_as_it_is_when_reminded()
    {
        var log = Create();
        await AppendAsync(log, await log.ClaimAsync(News), 3);
        await log.RemindAsync();
        Assert.Equal(0, (await log.ClaimAsync(News with { Name = "/another" })).Head.Offset);
    }

    [Fact]
    public async Task An_append_begun_while_redis_is_down_is_answered_when_it_is_back()
    {
        var log = Create();
        var claim = await AppendAsync(log, await log.ClaimAsync(News), 1);
        redis.Kill();
        var append = log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 1)).AsTask();
        redis.Start();
        Assert.Null(await append);
    }

    [Fact]
    public async Task A_redis_that_stays_away_makes_the_log_unavailable()
    {
        var log = Create(TimeSpan.FromMilliseconds(400));
        var claim = await log.ClaimAsync(News);
        redis.Kill();
        try
        {
            await Assert.ThrowsAsync<LogUnavailableException>(() => log.AppendAsync(claim, Messages.After(claim, 0, 1)).AsTask());
            await Assert.ThrowsAsync<LogUnavailableException>(() => log.ReadAsync(News, 0, 1).AsTask());
            Assert.False(await log.IsHealthyAsync());
        }
        finally
        {
            await redis.RestartEmptyAsync();
        }
    }

    [Fact]
    public async Task An_append_whose_answer_came_too_late_is_stored_once_and_said_to_be_stored()
    {
        var log = Create();
        var claim = await log.ClaimAsync(News);
        await PauseAsync(LongerThanATimeout);
        claim = await log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 3));
        Assert.Equal(3, claim?.Head.Offset);
        await AppendAsync(log, claim!, 1);
        Assert.Equal([1, 2, 3, 4], (await log.ReadAsync(News, 0, 10)).Offsets());
    }

    [Fact]
    public async Task A_late_append_larger_than_the_log_is_still_known_to_be_stored()
    {
        var log = RedisLogs.Create(redis.Connection, _time, new TidingsLimits { LogMessages = 2 }, _prefix);
        var claim = await log.ClaimAsync(News);
        await PauseAsync(LongerThanATimeout);
        Assert.Equal(9, (await log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 9)))?.Head.Offset);
    }

    [Fact]
    public async Task A_connection_cut_before_redis_took_the_append_stores_it_once()
    {
        var log = Create();
        var claim = await log.ClaimAsync(News);
        await PauseAsync(800);
        var append = log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 2)).AsTask();
        await KillClientsAsync();
        Assert.Equal(2, (await append)?.Head.Offset);
        Assert.Equal([1, 2], (await log.ReadAsync(News, 0, 10)).Offsets());
    }

    public static TheoryData<Exception> Breaks => new(
        new InvalidOperationException("Reading is not allowed after reader was completed."),
        new ObjectDisposedException("pipe"),
        new IOException("Broken pipe"),
        new SocketException((int)SocketError.ConnectionReset),
        new OperationCanceledException(),
        new RedisConnectionException(ConnectionFailureType.SocketClosed, "closed"));

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_connection_that_breaks_in_whatever_way_is_a_call_to_make_again(Exception loss)
    {
        var faulty = new FaultyRedis(redis.Connection) { Loss = () => loss };
        var log = RedisLogs.Create(faulty.Connection, _time, prefix: _prefix);
        faulty.Fail(RedisFault.CallLost);
        var claim = await log.ClaimAsync(News);
        faulty.Fail(RedisFault.AnswerLost);
        claim = await log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 2));
        Assert.Equal(2, claim?.Head.Offset);
        Assert.Equal([1, 2], (await log.ReadAsync(News, 0, 10)).Offsets());
    }

    [Fact]
    public async Task Connections_cut_again_and_again_leave_neither_holes_nor_doubles()
    {
        var log = Create();
        var claim = await log.ClaimAsync(News);
        using var done = new CancellationTokenSource();
        var cutter = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await KillClientsAsync();
        });
        try
        {
            for (var i = 0; i < 30; i++)
                claim = await AppendAsync(log, claim, 2);
        }
        finally
        {
            await done.CancelAsync();
            await cutter;
        }

        Assert.Equal(Enumerable.Range(1, 60).Select(i => (long)i), (await log.ReadAsync(News, 0, 100)).Offsets());
    }

    [Fact]
    public async Task A_writer_fenced_while_its_append_hung_is_told_so()
    {
        await using var other = await ConnectionMultiplexer.ConnectAsync(redis.Configuration);
        var (log, rival) = (Create(), RedisLogs.Create(other, _time, prefix: _prefix));
        var claim = await AppendAsync(log, await log.ClaimAsync(News), 1);
        await AppendAsync(rival, await rival.ClaimAsync(News), 2);
        await PauseAsync(LongerThanATimeout);
        Assert.Null(await log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 2, "stale")));
        Assert.Equal(["m1", "m2", "m3"], (await log.ReadAsync(News, 0, 10)).Messages.Select(Messages.Body));
    }

    [Fact]
    public async Task An_append_given_up_on_cannot_slip_in_behind_the_next_claim()
    {
        await using var other = await ConnectionMultiplexer.ConnectAsync(redis.Configuration);
        var (hasty, patient) = (Create(TimeSpan.FromMilliseconds(200)), RedisLogs.Create(other, _time, prefix: _prefix));
        var claim = await AppendAsync(hasty, await hasty.ClaimAsync(News), 1);
        await PauseAsync(700);
        await Assert.ThrowsAsync<LogUnavailableException>(
            () => hasty.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 1, "late")).AsTask());

        var next = await AppendAsync(patient, await patient.ClaimAsync(News), 2);
        await redis.Connection.GetDatabase().PingAsync();
        var read = await patient.ReadAsync(News, 0, 10);
        Assert.Equal(next.Head, read.Head);
        Assert.Equal(Enumerable.Range(1, (int)next.Head.Offset).Select(i => (long)i), read.Offsets());
    }

    [Fact]
    public async Task Flushed_scripts_are_loaded_again()
    {
        var log = Create();
        var claim = await log.ClaimAsync(News);
        for (var i = 0; i < 3; i++)
        {
            await redis.Server.ScriptFlushAsync();
            claim = await AppendAsync(log, claim, 1);
        }

        Assert.Equal(3, (await log.ReadAsync(News, 0, 10)).Messages.Length);
    }

    [Fact]
    public async Task A_full_redis_refuses_with_a_clear_reason_and_stores_nothing()
    {
        var log = Create();
        var claim = await AppendAsync(log, await log.ClaimAsync(News), 1);
        await redis.Server.ConfigSetAsync("maxmemory", 1);
        try
        {
            var refusal = await Assert.ThrowsAsync<LogUnavailableException>(
                () => log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 5)).AsTask());
            Assert.Contains("out of memory", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            await redis.Server.ConfigSetAsync("maxmemory", 0);
        }

        Assert.Equal([1], (await log.ReadAsync(News, 0, 10)).Offsets());
        Assert.Empty((await log.ReadChangedAsync(News.Tenant, (await log.ReadChangedAsync(News.Tenant, 0, 9)).Sequence, 9)).Channels);
    }

    [Fact]
    public async Task A_log_whose_entries_vanished_starts_a_new_epoch()
    {
        var log = Create();
        var before = await AppendAsync(log, await log.ClaimAsync(News), 3);
        await redis.Connection.GetDatabase().KeyDeleteAsync(Keys.Log(News));
        var after = await log.ClaimAsync(News);
        Assert.True(after.Head.Epoch > before.Head.Epoch);
        Assert.Equal(before.Head.Offset, after.Head.Offset);
        await AppendAsync(log, after, 1);
    }

    [Fact]
    public async Task A_log_whose_head_vanished_keeps_its_entries_under_a_new_epoch()
    {
        var log = Create();
        var before = await AppendAsync(log, await log.ClaimAsync(News), 3);
        await redis.Connection.GetDatabase().KeyDeleteAsync(Keys.Head(News));
        var after = await log.ClaimAsync(News);
        Assert.True(after.Head.Epoch > before.Head.Epoch);
        Assert.True(after.Writer > before.Writer);
        await AppendAsync(log, after, 1);
        Assert.Equal([1, 2, 3, 4], (await log.ReadAsync(News, 0, 10)).Offsets());
    }

    [Fact]
    public async Task A_writer_that_knows_more_than_redis_starts_a_new_epoch()
    {
        var (log, database) = (Create(), redis.Connection.GetDatabase());
        var claim = await AppendAsync(log, await log.ClaimAsync(News), 3);
        var older = await Task.WhenAll(database.KeyDumpAsync(Keys.Head(News)), database.KeyDumpAsync(Keys.Log(News)));
        claim = await AppendAsync(log, claim, 2);
        await database.KeyDeleteAsync([Keys.Head(News), Keys.Log(News)]);
        await database.KeyRestoreAsync(Keys.Head(News), older[0]!);
        await database.KeyRestoreAsync(Keys.Log(News), older[1]!);

        Assert.Null(await log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 1)));
        var fresh = await log.ClaimAsync(News);
        Assert.True(fresh.Head.Epoch > claim.Head.Epoch);
        Assert.Equal(3, fresh.Head.Offset);
        Assert.Equal([1, 2, 3], (await log.ReadAsync(News, 0, 10)).Offsets());
    }

    [Fact]
    public async Task A_foreign_key_is_said_to_be_one()
    {
        await redis.Connection.GetDatabase().StringSetAsync(Keys.Head(News), "foreign");
        var refusal = await Assert.ThrowsAsync<LogUnavailableException>(() => Create().ClaimAsync(News).AsTask());
        Assert.Contains("key prefix", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        var log = Create();
        var claim = await log.ClaimAsync(News);
        await PauseAsync(500);
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, 1), cancelled.Token).AsTask());
    }

    private RedisLogKeys Keys => new(_prefix);

    private IMessageLog Create(TimeSpan? patience = null) => RedisLogs.Create(redis.Connection, _time, prefix: _prefix, patience: patience);

    private async Task<LogClaim> AppendAsync(IMessageLog log, LogClaim claim, int count)
    {
        var appended = await log.AppendAsync(claim, Messages.After(claim, _time.Milliseconds, count));
        Assert.NotNull(appended);
        return appended;
    }

    // Redis takes commands but carries none out until the pause ends.
    private Task<RedisResult> PauseAsync(int milliseconds) => redis.Server.ExecuteAsync("CLIENT", "PAUSE", milliseconds, "ALL");

    private async Task KillClientsAsync()
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync(redis.Configuration);
        var server = admin.GetServer(redis.Server.EndPoint);
        try
        {
            await server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // A pause holds up this connection, too: then there is nothing to cut yet.
        }
    }
}
