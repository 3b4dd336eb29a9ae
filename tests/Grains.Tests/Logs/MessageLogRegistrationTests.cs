using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Tidings.Grains.Logs;

public sealed class MessageLogRegistrationTests(RedisServerFixture redis) : IClassFixture<RedisServerFixture>
{
    [Fact]
    public async Task A_standalone_server_logs_in_memory()
    {
        await using var services = new ServiceCollection().AddLogging().AddMemoryMessageLog().BuildServiceProvider();
        Assert.IsType<MemoryMessageLog>(services.GetRequiredService<IMessageLog>());
    }

    [Fact]
    public async Task A_cluster_logs_in_redis_under_its_prefix()
    {
        await using var services = Redis("my-service").BuildServiceProvider();
        await services.GetRequiredService<IMessageLog>().ClaimAsync(new ChannelId("acme", "/a"));
        Assert.True(await redis.Connection.GetDatabase().KeyExistsAsync("{my-service/acme/0}:head:/a"));
    }

    [Fact]
    public async Task An_empty_prefix_is_refused()
    {
        await using var services = Redis("").BuildServiceProvider();
        Assert.Throws<OptionsValidationException>(services.GetRequiredService<IMessageLog>);
    }

    private IServiceCollection Redis(string prefix) =>
        new ServiceCollection().AddLogging().AddSingleton<IConnectionMultiplexer>(redis.Connection).AddRedisMessageLog(prefix);
}
