using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Tidings.Grains.Logs;

/// <summary>
/// The logs of a standalone server: a ring per channel, gone with the process. The epoch is the time of the start in milliseconds,
/// so a cursor of an earlier process is recognised as one of another log; it moves on when channels are forgotten.
/// </summary>
internal sealed class MemoryMessageLog(IOptions<TidingsLimits> limits, TimeProvider time) : IMessageLog
{
    private TidingsLimits Limits => limits.Value;
    private long _epoch = time.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly Lock _evicting = new();
    private long _cost;
    private readonly ConcurrentDictionary<ChannelId, MemoryChannel> _channels = new();
    private readonly ConcurrentDictionary<string, MemoryTenant> _tenants = new(StringComparer.Ordinal);

    public bool IsShared => false;

    public ValueTask<LogClaim> ClaimAsync(ChannelId channel, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            // A channel forgotten this moment is about to be replaced.
            var found = GetOrAdd(channel);
            if (found.TryClaim(Volatile.Read(ref _epoch), Now(), Limits.ChannelsPerTenant) is { } claim)
                return new(claim);

            if (found.IsRefused)
            {
                _channels.TryRemove(KeyValuePair.Create(channel, found));
                throw TooManyChannelsException.Of(channel);
            }
        }
    }

    public ValueTask<LogClaim?> AppendAsync(LogClaim claim, IReadOnlyList<Message> messages, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        AppendRequest.Validate(claim, messages);
        var stored = _channels.TryGetValue(claim.Channel, out var channel) && channel.TryAppend(claim, messages, Limits, OldestTime());
        if (stored && Interlocked.Add(ref _cost, MemoryChannel.CostOf(messages.Sum(static message => (long)message.Size), messages.Count)) > Limits.LogTotalBytes)
            Evict();

        return new(stored ? AppendRequest.Advance(claim, messages.Count) : null);
    }

    public ValueTask<LogRead> ReadAsync(ChannelId channel, long after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return new(_channels.TryGetValue(channel, out var found) ? found.Read(after, limit, Limits.ReadBytes) : new LogRead(default, 1, []));
    }

    public ValueTask SetInterestAsync(ChannelId channel, string silo, bool interested, CancellationToken cancellationToken = default)
    {
        while (!GetOrAdd(channel).TrySetInterest(silo, interested, Now()))
        {
            // A channel forgotten this moment is about to be replaced.
        }

        return default;
    }

    public ValueTask<ChangedChannels> ReadChangedAsync(
        string tenant, long afterSequence, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return new(_tenants.TryGetValue(tenant, out var found) ? found.ReadChanged(afterSequence, limit) : new ChangedChannels(0, []));
    }

    public ValueTask<long> SequenceAsync(string tenant, CancellationToken cancellationToken = default) =>
        new(_tenants.TryGetValue(tenant, out var found) ? found.Sequence : 0);

    public ValueTask<LogPlace> FindAsync(ChannelId channel, long sequence, CancellationToken cancellationToken = default) =>
        new(_channels.TryGetValue(channel, out var found) ? found.Find(sequence) : default);

    public ValueTask TrimAsync(Func<string, bool>? isGone = null, CancellationToken cancellationToken = default)
    {
        var oldest = OldestTime();
        foreach (var (_, channel) in _channels)
        {
            cancellationToken.ThrowIfCancellationRequested();
            channel.Trim(oldest);
        }

        Interlocked.Exchange(ref _cost, _channels.Values.Sum(static channel => channel.Cost));
        Forget(Now() - (long)Limits.LogHeadAge.TotalMilliseconds);
        return default;
    }

    /// <summary>Forgets channels nobody needs. The epoch moves on before any of them can be claimed again.</summary>
    private void Forget(long oldestUse)
    {
        var forgotten = _channels.Values.Where(channel => channel.TryForget(oldestUse)).ToArray();
        if (forgotten.Length == 0)
            return;

        Interlocked.Exchange(ref _epoch, Math.Max(_epoch + 1, Now()));
        foreach (var channel in forgotten)
            _channels.TryRemove(KeyValuePair.Create(channel.Id, channel));
    }

    public ValueTask<long> BytesAsync(ChannelId channel, CancellationToken cancellationToken = default) =>
        new(_channels.TryGetValue(channel, out var found) ? found.Bytes : 0);

    public ValueTask<bool> IsHealthyAsync(CancellationToken cancellationToken = default) => new(true);

    /// <summary>
    /// Makes room: the channels that were quiet for the longest lose their messages until a tenth of the room is free. What is held is
    /// counted anew first, as the running count does not see what rings drop by themselves.
    /// </summary>
    private void Evict()
    {
        lock (_evicting)
        {
            var held = _channels.Values.Sum(static channel => channel.Cost);
            foreach (var channel in held > Limits.LogTotalBytes ? _channels.Values.OrderBy(static channel => channel.Sequence).ToArray() : [])
            {
                if (held <= Limits.LogTotalBytes / 10 * 9)
                    break;

                held -= channel.Clear();
            }

            Interlocked.Exchange(ref _cost, held);
        }
    }

    private MemoryChannel GetOrAdd(ChannelId id) =>
        _channels.TryGetValue(id, out var channel) ? channel : _channels.GetOrAdd(id, Create);

    private MemoryChannel Create(ChannelId id) => new(id, _tenants.GetOrAdd(id.Tenant, _ => new MemoryTenant(time)));

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long OldestTime() => Now() - (long)Limits.LogAge.TotalMilliseconds;
}
