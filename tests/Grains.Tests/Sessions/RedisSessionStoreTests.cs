using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Tidings.Grains.Cluster;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Sessions;

public sealed class RedisSessionStoreTests(RedisServerFixture redis) : SessionStoreTests, IClassFixture<RedisServerFixture>, IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task A_record_that_nobody_writes_any_more_expires()
    {
        var store = Create();
        await store.WriteAsync(Key, 1, Record("/a"), TimeSpan.FromMilliseconds(50), Due);

        await Eventually.Is(async () => await store.ClaimAsync(Key) is null, static () => "the end of the record");
    }

    [Fact]
    public async Task An_expired_record_is_due_until_it_is_claimed_in_vain()
    {
        var store = Create();
        await store.WriteAsync(Key, 1, Record("/a"), TimeSpan.FromMilliseconds(50), TimeSpan.Zero);
        Assert.Equal([Key], await store.TakeDueAsync(10, TimeSpan.Zero));

        await Eventually.Is(async () => await store.ClaimAsync(Key) is null, static () => "the end of the record");
        Assert.Empty(await store.TakeDueAsync(10, TimeSpan.Zero));
    }

    [Fact]
    public async Task Writing_a_record_and_claiming_it_keep_its_life()
    {
        var prefix = RedisLogs.NewPrefix();
        var store = Create(prefix);
        await store.WriteAsync(Key, 1, Record("/a"), TimeSpan.FromMinutes(1), Due);
        await store.WriteAsync(Key, 1, Record("/a"), TimeSpan.FromMinutes(60), Due);
        await store.ClaimAsync(Key);

        var key = Assert.Single(redis.Server.Keys(pattern: $"{prefix}:session:*"));
        var left = await redis.Connection.GetDatabase().KeyTimeToLiveAsync(key);

        Assert.InRange(left!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));
    }

    private protected override ISessionStore Create() => Create(RedisLogs.NewPrefix());

    private RedisSessionStore Create(string prefix) => new(
        redis.Connection,
        Options.Create(new RedisMessageLogOptions { KeyPrefix = prefix, Patience = TimeSpan.FromSeconds(10) }),
        _services.GetRequiredService<Serializer<SessionRecord>>(),
        TimeProvider.System,
        NullLogger<RedisSessionStore>.Instance);
}
