using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using StackExchange.Redis;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Sessions;

/// <summary>
/// Sessions' records in Redis: a hash per session with the owner's number (<c>o</c>) and the record (<c>r</c>), which expires by itself when
/// nobody writes it any more. Each step is one script, so that owner and record change together.
/// </summary>
internal sealed class RedisSessionStore(
    IConnectionMultiplexer redis,
    IOptions<RedisMessageLogOptions> options,
    Serializer<SessionRecord> serializer,
    TimeProvider time,
    ILogger<RedisSessionStore> logger) : ISessionStore
{
    private const string Claim = """
        if redis.call('EXISTS', KEYS[1]) == 0 then return false end
        local owner = redis.call('HINCRBY', KEYS[1], 'o', 1)
        return { owner, redis.call('HGET', KEYS[1], 'r') }
        """;

    private const string Write = """
        local owner = redis.call('HGET', KEYS[1], 'o')
        if owner and tonumber(owner) > tonumber(ARGV[1]) then return 0 end
        redis.call('HSET', KEYS[1], 'o', ARGV[1], 'r', ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return 1
        """;

    private const string Remove = """
        local owner = redis.call('HGET', KEYS[1], 'o')
        if owner and tonumber(owner) > tonumber(ARGV[1]) then return 0 end
        return redis.call('DEL', KEYS[1])
        """;

    private readonly RedisCalls _calls = new(redis, options.Value.Patience, time, logger);

    public bool IsDurable => true;

    public bool HasForgotten { get; set; }

    public async ValueTask<(long Owner, SessionRecord Record)?> ClaimAsync(string key)
    {
        var (answer, _) = await _calls.EvaluateAsync(Claim, [KeyOf(key)], [], CancellationToken.None);
        return answer.IsNull ? null : ((long)answer[0], serializer.Deserialize((byte[])answer[1]!));
    }

    public async ValueTask<bool> WriteAsync(string key, long owner, SessionRecord record, TimeSpan life)
    {
        var (answer, _) = await _calls.EvaluateAsync(
            Write, [KeyOf(key)], [owner, serializer.SerializeToArray(record), (long)life.TotalMilliseconds], CancellationToken.None);
        return (int)answer == 1;
    }

    public async ValueTask RemoveAsync(string key, long owner) =>
        await _calls.EvaluateAsync(Remove, [KeyOf(key)], [owner], CancellationToken.None);

    private RedisKey KeyOf(string key) => $"{options.Value.KeyPrefix}:session:{key}";
}
