using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using StackExchange.Redis;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Sessions;

/// <summary>
/// Sessions' records in Redis: a hash per session with the owner's number (<c>o</c>) and the record (<c>r</c>), which expires by itself when
/// nobody writes it any more; and one sorted set of the keys by when they are due, in milliseconds since 1970. Each step is one script, so that
/// all of it changes together. An entry whose record has expired goes when it is claimed in vain.
/// </summary>
internal sealed class RedisSessionStore(
    IConnectionMultiplexer redis,
    IOptions<RedisMessageLogOptions> options,
    Serializer<SessionRecord> serializer,
    TimeProvider time,
    ILogger<RedisSessionStore> logger) : ISessionStore
{
    private const string Claim = """
        if redis.call('EXISTS', KEYS[1]) == 0 then
          redis.call('ZREM', KEYS[2], ARGV[1])
          return false
        end
        local owner = redis.call('HINCRBY', KEYS[1], 'o', 1)
        return { owner, redis.call('HGET', KEYS[1], 'r') }
        """;

    private const string Write = """
        local owner = redis.call('HGET', KEYS[1], 'o')
        if owner and tonumber(owner) > tonumber(ARGV[1]) then return 0 end
        redis.call('HSET', KEYS[1], 'o', ARGV[1], 'r', ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
        return 1
        """;

    private const string Remove = """
        local owner = redis.call('HGET', KEYS[1], 'o')
        if owner and tonumber(owner) > tonumber(ARGV[1]) then return 0 end
        redis.call('ZREM', KEYS[2], ARGV[2])
        return redis.call('DEL', KEYS[1])
        """;

    private const string TakeDue = """
        local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
        for _, key in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[3], key) end
        return due
        """;

    private readonly RedisCalls _calls = new(redis, options.Value.Patience, time, logger);

    public bool IsDurable => true;

    public bool HasForgotten { get; set; }

    public async ValueTask<(long Owner, SessionRecord Record)?> ClaimAsync(string key)
    {
        var (answer, _) = await _calls.EvaluateAsync(Claim, KeysOf(key), [key], CancellationToken.None);
        return answer.IsNull ? null : ((long)answer[0], serializer.Deserialize((byte[])answer[1]!));
    }

    public async ValueTask<bool> WriteAsync(string key, long owner, SessionRecord record, TimeSpan life, TimeSpan due)
    {
        var (answer, _) = await _calls.EvaluateAsync(
            Write,
            KeysOf(key),
            [owner, serializer.SerializeToArray(record), (long)life.TotalMilliseconds, MillisecondsAfter(due), key],
            CancellationToken.None);
        return (int)answer == 1;
    }

    public async ValueTask RemoveAsync(string key, long owner) =>
        await _calls.EvaluateAsync(Remove, KeysOf(key), [owner, key], CancellationToken.None);

    public async ValueTask<string[]> TakeDueAsync(int most, TimeSpan again)
    {
        var (answer, _) = await _calls.EvaluateAsync(
            TakeDue, [DueKey], [MillisecondsAfter(TimeSpan.Zero), most, MillisecondsAfter(again)], CancellationToken.None);
        return (string[])answer!;
    }

    private RedisKey DueKey => $"{options.Value.KeyPrefix}:sessions-due";

    private RedisKey[] KeysOf(string key) => [$"{options.Value.KeyPrefix}:session:{key}", DueKey];

    private long MillisecondsAfter(TimeSpan span) => (time.GetUtcNow() + span).ToUnixTimeMilliseconds();
}
