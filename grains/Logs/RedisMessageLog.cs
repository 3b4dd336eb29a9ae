using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Tidings.Grains.Logs;

/// <summary>
/// The logs of a cluster: a Redis stream per channel, with a head record that outlives its entries. Every step is one script, so it
/// happens wholly or not at all. An append names the epoch, the writer and the head it follows, and its entries name the writer:
/// carried out twice it stores once, and asked again it tells what became of it.
/// </summary>
internal sealed class RedisMessageLog(
    IConnectionMultiplexer redis,
    IOptions<RedisMessageLogOptions> options,
    IOptions<TidingsLimits> limits,
    TimeProvider time,
    ILogger<RedisMessageLog> logger) : IMessageLog
{
    private readonly RedisLogKeys _keys = new(options.Value.KeyPrefix);
    private readonly RedisCalls _calls = new(redis, options.Value.Patience, time, logger);

    // By tenant, as this silo last saw it: remembered here, a store that lost everything is recognised.
    private readonly ConcurrentDictionary<string, string> _births = new(StringComparer.Ordinal);

    public bool IsShared => true;

    private TidingsLimits Limits => limits.Value;

    public async ValueTask<LogClaim> ClaimAsync(ChannelId channel, CancellationToken cancellationToken = default)
    {
        await _calls.RunAsync(database => database.SetAddAsync(_keys.Tenants, channel.Tenant), cancellationToken);
        var (answer, _) = await _calls.EvaluateAsync(
            RedisLogScripts.Claim,
            [
                _keys.Head(channel), _keys.Log(channel), _keys.Silos(channel),
                _keys.Oldest(channel.Tenant), _keys.Used(channel.Tenant), _keys.Forgotten(channel.Tenant),
                _keys.Birth(channel.Tenant),
            ],
            [channel.Name, Now(), _births.GetValueOrDefault(channel.Tenant, ""), Limits.ChannelsPerTenant],
            cancellationToken);
        if (answer.Length == 0)
            throw TooManyChannelsException.Of(channel);

        _births[channel.Tenant] = (string)answer[4]!;
        return new LogClaim(channel, (long)answer[1], new ChannelHead((long)answer[0], (long)answer[2]), (string[])answer[3]!);
    }

    public async ValueTask<LogClaim?> AppendAsync(
        LogClaim claim, IReadOnlyList<Message> messages, CancellationToken cancellationToken = default)
    {
        AppendRequest.Validate(claim, messages);
        var (answer, attempts) = await _calls.EvaluateAsync(
            RedisLogScripts.Append, AppendKeys(claim.Channel), AppendArguments(claim, messages), cancellationToken);
        return (RedisAppendOutcome)(int)answer switch
        {
            RedisAppendOutcome.Stored => AppendRequest.Advance(claim, messages.Count),

            // Only what was attempted before can have been stored by this call: otherwise the claim had been used already.
            RedisAppendOutcome.AlreadyStored when attempts > 1 => AppendRequest.Advance(claim, messages.Count),
            RedisAppendOutcome.Unknown when attempts > 1 => throw new LogUnavailableException(
                $"Another writer has filled the log of {claim.Channel}: what became of this append cannot be known."),
            _ => null,
        };
    }

    public async ValueTask<LogRead> ReadAsync(ChannelId channel, long after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var (answer, _) = await _calls.EvaluateAsync(
            RedisLogScripts.Read,
            [_keys.Head(channel), _keys.Log(channel)],
            [Math.Max(0, after), limit, Limits.ReadBytes],
            cancellationToken);
        var head = new ChannelHead((long)answer[0], (long)answer[1]);
        return new LogRead(head, head.Offset - (long)answer[2] + 1, Array.ConvertAll((RedisResult[])answer[3]!, RedisLogEntry.Read));
    }

    public async ValueTask SetInterestAsync(ChannelId channel, string silo, bool interested, CancellationToken cancellationToken = default)
    {
        var silos = _keys.Silos(channel);
        await _calls.RunAsync(
            database => interested ? database.SetAddAsync(silos, silo) : database.SetRemoveAsync(silos, silo),
            cancellationToken);
    }

    public async ValueTask<ChangedChannels> ReadChangedAsync(
        string tenant, long afterSequence, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var (answer, _) = await _calls.EvaluateAsync(
            RedisLogScripts.ReadChanged,
            [_keys.Sequence(tenant), _keys.Changed(tenant)],
            [afterSequence, limit],
            cancellationToken);
        return new ChangedChannels((long)answer[0], (string[])answer[1]!);
    }

    public async ValueTask<long> SequenceAsync(string tenant, CancellationToken cancellationToken = default) =>
        (long)(await _calls.RunAsync(database => database.StringGetAsync(_keys.Sequence(tenant), CommandFlags.DemandMaster), cancellationToken)).Answer;

    public async ValueTask<LogPlace> FindAsync(ChannelId channel, long sequence, CancellationToken cancellationToken = default)
    {
        var (answer, _) = await _calls.EvaluateAsync(
            RedisLogScripts.Find, [_keys.Head(channel), _keys.Log(channel)], [sequence], cancellationToken);
        return new LogPlace(new ChannelHead((long)answer[0], (long)answer[1]), (long)answer[2]);
    }

    /// <inheritdoc />
    /// <remarks>As Redis estimates it from some entries (<c>MEMORY USAGE</c>).</remarks>
    public async ValueTask<long> BytesAsync(ChannelId channel, CancellationToken cancellationToken = default)
    {
        var (answer, _) = await _calls.RunAsync(database => database.ExecuteAsync("MEMORY", ["USAGE", _keys.Log(channel)], CommandFlags.DemandMaster), cancellationToken);
        return answer.IsNull ? 0 : (long)answer;
    }

    public ValueTask TrimAsync(Func<string, bool>? isGone = null, CancellationToken cancellationToken = default) =>
        new RedisLogSweeper(_calls, _keys, Limits, isGone ?? (static _ => false)).SweepAsync(Now(), cancellationToken);

    public async ValueTask RemindAsync(CancellationToken cancellationToken = default)
    {
        foreach (var (tenant, birth) in _births)
        {
            _births[tenant] = (string)(await _calls.EvaluateAsync(RedisLogScripts.Remind, [_keys.Birth(tenant)], [birth], cancellationToken)).Answer!;
        }
    }

    public async ValueTask<bool> IsHealthyAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await redis.GetDatabase().PingAsync(CommandFlags.DemandMaster).WaitAsync(options.Value.Patience, time, cancellationToken);
            return true;
        }
        catch (Exception e) when (RedisFailure.IsRedis(e) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private RedisKey[] AppendKeys(ChannelId channel) =>
    [
        _keys.Head(channel), _keys.Log(channel),
        _keys.Sequence(channel.Tenant), _keys.Changed(channel.Tenant), _keys.Oldest(channel.Tenant),
    ];

    private RedisValue[] AppendArguments(LogClaim claim, IReadOnlyList<Message> messages)
    {
        const int FixedArguments = 9;
        const int UsualArgumentsPerMessage = 7;
        var arguments = new List<RedisValue>(FixedArguments + (messages.Count * UsualArgumentsPerMessage))
        {
            claim.Head.Epoch,
            claim.Writer,
            claim.Head.Offset,
            OldestTime(),
            Limits.LogMessages,
            claim.Channel.Name,
            messages.Count,
            messages[0].Time,
            (long)Limits.LogAge.TotalMilliseconds,
        };
        foreach (var message in messages)
            RedisLogEntry.Write(message, arguments);

        return [.. arguments];
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long OldestTime() => Now() - (long)Limits.LogAge.TotalMilliseconds;
}
