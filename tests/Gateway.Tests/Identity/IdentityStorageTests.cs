using Microsoft.Extensions.Logging.Abstractions;
using Tidings.Gateway.Identity.Storage;
using Tidings.Gateway.Tests.Server;
using Tidings.Grains.Logs;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>What every storage of identity does.</summary>
public abstract class IdentityStorageTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    internal abstract Task<IIdentityStorage> OpenAsync();

    [Fact]
    public async Task What_was_put_is_there_until_it_is_removed()
    {
        var storage = await OpenAsync();
        await storage.PutAsync(IdentityTables.Users, "red/a", "1");
        await storage.PutAsync(IdentityTables.Users, "red/a", "2");

        Assert.Equal("2", await storage.GetAsync(IdentityTables.Users, "red/a"));
        Assert.Null(await storage.GetAsync(IdentityTables.Keys, "red/a"));
        Assert.True(await storage.RemoveAsync(IdentityTables.Users, "red/a"));
        Assert.False(await storage.RemoveAsync(IdentityTables.Users, "red/a"));
        Assert.Null(await storage.GetAsync(IdentityTables.Users, "red/a"));
    }

    [Fact]
    public async Task A_list_has_the_keys_that_begin_so_in_order()
    {
        var storage = await OpenAsync();
        await storage.PutAsync(IdentityTables.Users, "list/b", "b");
        await storage.PutAsync(IdentityTables.Users, "list/a", "a");
        await storage.PutAsync(IdentityTables.Users, "listing/c", "c");

        Assert.Equal(["a", "b"], await storage.ListAsync(IdentityTables.Users, "list/"));
    }

    [Fact]
    public async Task One_of_two_replaces_what_both_saw()
    {
        var storage = await OpenAsync();
        await storage.PutAsync(IdentityTables.Grants, "race", "0", Long);

        var won = await Task.WhenAll(
            storage.ReplaceAsync(IdentityTables.Grants, "race", "0", "1", Long).AsTask(), storage.ReplaceAsync(IdentityTables.Grants, "race", "0", "2", Long).AsTask());

        Assert.Single(won, static one => one);
        Assert.Equal(won[0] ? "1" : "2", await storage.GetAsync(IdentityTables.Grants, "race"));
        Assert.False(await storage.ReplaceAsync(IdentityTables.Grants, "none", "0", "1", Long));
    }

    [Fact]
    public async Task One_of_two_makes_what_both_saw_missing()
    {
        var storage = await OpenAsync();

        var won = await Task.WhenAll(
            storage.ReplaceAsync(IdentityTables.Tenants, "new", null, "1").AsTask(), storage.ReplaceAsync(IdentityTables.Tenants, "new", null, "2").AsTask());

        Assert.Single(won, static one => one);
        Assert.Equal(won[0] ? "1" : "2", await storage.GetAsync(IdentityTables.Tenants, "new"));
        Assert.True(await storage.ReplaceAsync(IdentityTables.Tenants, "new", won[0] ? "1" : "2", "3"));
    }

    [Fact]
    public async Task What_is_another_by_now_is_not_removed()
    {
        var storage = await OpenAsync();
        await storage.PutAsync(IdentityTables.Users, "red/a", "2");

        Assert.False(await storage.RemoveAsync(IdentityTables.Users, "red/a", "1"));
        Assert.Equal("2", await storage.GetAsync(IdentityTables.Users, "red/a"));
        Assert.True(await storage.RemoveAsync(IdentityTables.Users, "red/a", "2"));
        Assert.False(await storage.RemoveAsync(IdentityTables.Users, "red/a", "2"));
    }

    [Fact]
    public async Task A_table_is_empty_or_not()
    {
        var storage = await OpenAsync();
        Assert.False(await storage.AnyAsync("empty"));

        await storage.PutAsync("empty", "a", "1");

        Assert.True(await storage.AnyAsync("empty"));
        await storage.RemoveAsync("empty", "a");
        Assert.False(await storage.AnyAsync("empty"));
    }

    [Fact]
    public async Task A_log_in_ends_by_itself()
    {
        var storage = await OpenAsync();
        await storage.PutAsync(IdentityTables.Grants, "brief", "1", TimeSpan.FromMilliseconds(300));
        Assert.Equal("1", await storage.GetAsync(IdentityTables.Grants, "brief"));

        await Eventually.TrueAsync(() => storage.GetAsync(IdentityTables.Grants, "brief").AsTask().GetAwaiter().GetResult() is null, "The log-in did not end.");
    }

    [Fact]
    public async Task Somebody_s_log_ins_are_so_many_and_the_one_written_first_ends()
    {
        var storage = await OpenAsync();
        var heard = 0;
        storage.Changed += () => Interlocked.Increment(ref heard);
        foreach (var grant in new[] { "first", "second", "other" })
        {
            await storage.PutAsync(IdentityTables.Grants, grant, "1", Long);
            Assert.Equal(0, await storage.OwnAsync(grant == "other" ? "red/b" : "red/a", grant, Long, 2));
        }

        // Prolonged, the first is the latest.
        Assert.Equal(0, await storage.OwnAsync("red/a", "first", Long, 2));
        await storage.PutAsync(IdentityTables.Grants, "third", "1", Long);
        Assert.Equal(1, await storage.OwnAsync("red/a", "third", Long, 2));

        Assert.Null(await storage.GetAsync(IdentityTables.Grants, "second"));
        Assert.All(["first", "third", "other"], grant => Assert.NotNull(storage.GetAsync(IdentityTables.Grants, grant).AsTask().GetAwaiter().GetResult()));
        await Eventually.TrueAsync(() => Volatile.Read(ref heard) > 0, "The end was not heard of.");
    }

    [Fact]
    public async Task Log_ins_that_ended_otherwise_do_not_count()
    {
        var storage = await OpenAsync();
        await storage.PutAsync(IdentityTables.Grants, "lasting", "1", Long);
        await storage.OwnAsync("red/c", "lasting", Long, 2);
        for (var i = 0; i < 5; i++)
        {
            await storage.PutAsync(IdentityTables.Grants, $"passing{i}", "1", Long);
            Assert.Equal(0, await storage.OwnAsync("red/c", $"passing{i}", Long, 2));
            Assert.True(await storage.RemoveAsync(IdentityTables.Grants, $"passing{i}"));
        }

        Assert.NotNull(await storage.GetAsync(IdentityTables.Grants, "lasting"));
    }

    [Fact]
    public async Task An_announcement_is_heard()
    {
        var storage = await OpenAsync();
        var heard = 0;
        storage.Changed += () => Interlocked.Increment(ref heard);

        await storage.AnnounceAsync();

        await Eventually.TrueAsync(() => Volatile.Read(ref heard) > 0, "The change was not heard.");
    }
}

public sealed class MemoryIdentityStorageTests : IdentityStorageTests
{
    [Fact]
    public async Task Too_many_log_ins_make_those_end_that_end_first()
    {
        var storage = new MemoryIdentityStorage(TimeProvider.System, maxGrants: 2);
        for (var i = 1; i <= 3; i++)
        {
            await storage.PutAsync(IdentityTables.Grants, $"{i}", "x", TimeSpan.FromMinutes(i));
        }

        Assert.Null(await storage.GetAsync(IdentityTables.Grants, "1"));
        Assert.NotNull(await storage.GetAsync(IdentityTables.Grants, "2"));
        Assert.NotNull(await storage.GetAsync(IdentityTables.Grants, "3"));
    }

    internal override Task<IIdentityStorage> OpenAsync() => Task.FromResult<IIdentityStorage>(new MemoryIdentityStorage(TimeProvider.System));
}

public sealed class FileIdentityStorageTests : IdentityStorageTests, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tidings-users-").FullName;

    private string Path => System.IO.Path.Combine(_directory, "users.json");

    [Fact]
    public async Task What_was_put_is_there_after_a_restart_and_for_its_owner_alone()
    {
        await new FileIdentityStorage(Path, TimeProvider.System).PutAsync(IdentityTables.Users, "red/a", "1");

        Assert.Equal("1", await new FileIdentityStorage(Path, TimeProvider.System).GetAsync(IdentityTables.Users, "red/a"));
        Assert.Equal([Path], Directory.GetFiles(_directory));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        }
    }

    [Fact]
    public void A_file_that_is_something_else_is_not_overwritten()
    {
        File.WriteAllText(Path, "[]");

        Assert.Throws<InvalidOperationException>(() => new FileIdentityStorage(Path, TimeProvider.System));
        Assert.Equal("[]", File.ReadAllText(Path));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    internal override Task<IIdentityStorage> OpenAsync() => Task.FromResult<IIdentityStorage>(new FileIdentityStorage(Path, TimeProvider.System));
}

public sealed class RedisIdentityStorageTests(RedisServerFixture redis) : IdentityStorageTests, IClassFixture<RedisServerFixture>, IAsyncLifetime
{
    private readonly List<RedisIdentityStorage> _opened = [];
    private readonly string _service = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_change_is_heard_by_another_process()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        var heard = 0;
        other.Changed += () => Interlocked.Increment(ref heard);

        await one.AnnounceAsync();

        await Eventually.TrueAsync(() => Volatile.Read(ref heard) > 0, "The change was not heard.");
    }

    [Fact]
    public async Task One_that_is_away_does_not_answer_in_time()
    {
        await using var away = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync("127.0.0.1:1,abortConnect=false,connectTimeout=500,connectRetry=1,asyncTimeout=1000");
        using var storage = new RedisIdentityStorage(away, new RedisIdentityKeys(_service), TimeProvider.System, NullLogger<RedisIdentityStorage>.Instance);

        await Assert.ThrowsAsync<TimeoutException>(() => storage.GetAsync(IdentityTables.Users, "red/a").AsTask());
        await Assert.ThrowsAsync<TimeoutException>(() => storage.PutAsync(IdentityTables.Users, "red/a", "1").AsTask());
    }

    [Theory]
    [InlineData("put")]
    [InlineData("replace")]
    [InlineData("remove")]
    [InlineData("log out")]
    public async Task A_change_that_its_maker_did_not_live_to_announce_is_seen(string change)
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        await one.PutAsync(IdentityTables.Users, "red/a", "1");
        await one.PutAsync(IdentityTables.Grants, "g", "1", TimeSpan.FromMinutes(1));
        await one.AnnounceAsync();
        var version = new RedisIdentityKeys(_service).Version;
        var before = (long)await redis.Connection.GetDatabase().StringGetAsync(version);
        var heard = 0;
        other.Changed += () => Interlocked.Increment(ref heard);

        await (change switch
        {
            "put" => one.PutAsync(IdentityTables.Users, "red/a", "2").AsTask(),
            "replace" => one.ReplaceAsync(IdentityTables.Users, "red/a", "1", "2").AsTask(),
            "remove" => one.RemoveAsync(IdentityTables.Users, "red/a", "1").AsTask(),
            _ => one.RemoveAsync(IdentityTables.Grants, "g").AsTask(),
        });

        Assert.Equal(before + 1, (long)await redis.Connection.GetDatabase().StringGetAsync(version));
        await Eventually.TrueAsync(() => Volatile.Read(ref heard) > 0, "The change was not seen.");
    }

    [Fact]
    public async Task A_change_whose_announcement_was_lost_is_seen()
    {
        var storage = await OpenAsync();
        var heard = 0;
        storage.Changed += () => Interlocked.Increment(ref heard);

        await redis.Connection.GetDatabase().StringIncrementAsync(new RedisIdentityKeys(_service).Version);

        await Eventually.TrueAsync(() => Volatile.Read(ref heard) > 0, "The change was not seen.");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var storage in _opened)
        {
            await storage.StopAsync(CancellationToken.None);
            storage.Dispose();
        }
    }

    internal override async Task<IIdentityStorage> OpenAsync()
    {
        var storage = new RedisIdentityStorage(redis.Connection, new RedisIdentityKeys(_service), TimeProvider.System, NullLogger<RedisIdentityStorage>.Instance);
        _opened.Add(storage);
        await storage.StartAsync(CancellationToken.None);
        return storage;
    }
}
