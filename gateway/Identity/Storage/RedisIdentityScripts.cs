namespace Tidings.Gateway.Identity.Storage;

/// <summary>What Redis does in one step.</summary>
internal static class RedisIdentityScripts
{
    /// <summary>
    /// Notes a log-in as somebody's. Keys: the owner's log-ins, the version. Arguments: now, the log-in, its lifetime in milliseconds, how many there may
    /// be, what the keys of log-ins begin with. Those that ended otherwise are forgotten once there are too many. Gives how many were ended.
    /// </summary>
    public const string Own = """
        redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
        if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
        end
        local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[4])
        if over <= 0 then
            return 0
        end
        for _, grant in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
            if redis.call('EXISTS', ARGV[5] .. grant) == 0 then
                redis.call('ZREM', KEYS[1], grant)
                over = over - 1
            end
        end
        if over <= 0 then
            return 0
        end
        for _, grant in ipairs(redis.call('ZRANGE', KEYS[1], 0, over - 1)) do
            redis.call('DEL', ARGV[5] .. grant)
            redis.call('ZREM', KEYS[1], grant)
        end
        redis.call('INCR', KEYS[2])
        return over
        """;
}
