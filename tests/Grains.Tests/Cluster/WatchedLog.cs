using System.Collections.Concurrent;
using Tidings.Grains.Logs;

namespace Tidings.Grains.Cluster;

/// <summary>A log that shows which silos want which channels: a claim would show it too, but fence the channel's grain.</summary>
internal sealed class WatchedLog(IMessageLog log) : IMessageLog
{
    private readonly ConcurrentDictionary<(ChannelId, string), bool> _interests = new();

    public bool IsWanted(ChannelId channel) => _interests.Any(interest => interest.Key.Item1 == channel && interest.Value);

    public ValueTask SetInterestAsync(ChannelId channel, string silo, bool interested, CancellationToken cancellationToken = default)
    {
        _interests[(channel, silo)] = interested;
        return log.SetInterestAsync(channel, silo, interested, cancellationToken);
    }

    public ValueTask<LogClaim> ClaimAsync(ChannelId channel, CancellationToken cancellationToken = default) =>
        log.ClaimAsync(channel, cancellationToken);

    public ValueTask<LogClaim?> AppendAsync(LogClaim claim, IReadOnlyList<Message> messages, CancellationToken cancellationToken = default) =>
        log.AppendAsync(claim, messages, cancellationToken);

    public ValueTask<LogRead> ReadAsync(ChannelId channel, long after, int limit, CancellationToken cancellationToken = default) =>
        log.ReadAsync(channel, after, limit, cancellationToken);

    public ValueTask<ChangedChannels> ReadChangedAsync(
        string tenant, long afterSequence, int limit, CancellationToken cancellationToken = default) =>
        log.ReadChangedAsync(tenant, afterSequence, limit, cancellationToken);

    public bool IsShared => log.IsShared;

    public ValueTask<long> SequenceAsync(string tenant, CancellationToken cancellationToken = default) => log.SequenceAsync(tenant, cancellationToken);

    public ValueTask<LogPlace> FindAsync(ChannelId channel, long sequence, CancellationToken cancellationToken = default) =>
        log.FindAsync(channel, sequence, cancellationToken);

    public ValueTask TrimAsync(CancellationToken cancellationToken = default) => log.TrimAsync(cancellationToken);

    public ValueTask<bool> IsHealthyAsync(CancellationToken cancellationToken = default) => log.IsHealthyAsync(cancellationToken);
}
