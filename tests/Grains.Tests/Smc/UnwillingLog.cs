using Tidings.Grains.Logs;

namespace Tidings.Grains.Smc;

/// <summary>A log that takes nothing while it is unwilling, as a store that is down.</summary>
internal sealed class UnwillingLog(IMessageLog log) : IMessageLog
{
    public bool IsUnwilling { get; set; }

    public ValueTask<LogClaim?> AppendAsync(LogClaim claim, IReadOnlyList<Message> messages, CancellationToken cancellationToken = default) =>
        IsUnwilling ? throw new LogUnavailableException() : log.AppendAsync(claim, messages, cancellationToken);

    public ValueTask<LogClaim> ClaimAsync(ChannelId channel, CancellationToken cancellationToken = default) =>
        log.ClaimAsync(channel, cancellationToken);

    public ValueTask<LogRead> ReadAsync(ChannelId channel, long after, int limit, CancellationToken cancellationToken = default) =>
        log.ReadAsync(channel, after, limit, cancellationToken);

    public ValueTask SetInterestAsync(ChannelId channel, string silo, bool interested, CancellationToken cancellationToken = default) =>
        log.SetInterestAsync(channel, silo, interested, cancellationToken);

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
