using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Placement;
using Tidings.Grains.Logs;
using Tidings.Grains.Patterns;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Channels;

/// <inheritdoc cref="IChannelGrain"/>
/// <remarks>
/// Reentrant for group commit: while one write to the log is under way, later publishes gather and go with the next.
/// The order of publishes is the order in which their calls begin. Lives on the silo of its first subscriber, whose events then need not cross
/// the network.
/// </remarks>
[Reentrant, PreferLocalPlacement]
internal sealed partial class ChannelGrain(
    IMessageLog log,
    PatternIndex patterns,
    SiloSender sender,
    IClusterMembers members,
    HeadAnnouncer announcer,
    IOptions<TidingsLimits> limits,
    TimeProvider time,
    SiloMetrics metrics,
    ILogger<ChannelGrain> logger) : Grain, IChannelGrain
{
    private readonly Queue<WaitingPublish> _waiting = new();
    private ChannelId _channel;
    private LogClaim? _claim;
    private PublishWindow? _window;
    private Task<LogClaim>? _claiming;
    private HashSet<string> _silos = [];
    private TenantPatterns? _patterns;
    private long _patternVersion = -1;
    private string[] _targets = [];
    private int _waitingMessages;
    private bool _writing;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _channel = ChannelId.FromKey(this.GetPrimaryKeyString());
        _patterns = await patterns.OfAsync(_channel.Tenant);
    }

    public Task<PublishResult> Publish(PublishItem[] items)
    {
        if (_waitingMessages + items.Length > limits.Value.PendingPublishesPerChannel)
        {
            return Task.FromResult(new PublishResult(PublishStatus.Busy, 0, 0));
        }

        var waiting = new WaitingPublish(items);
        _waiting.Enqueue(waiting);
        _waitingMessages += items.Length;
        if (!_writing)
        {
            _ = WriteAsync();
        }

        return waiting.Task;
    }

    public async ValueTask<ChannelHead> Register(string silo)
    {
        try
        {
            _ = _claim ?? await ClaimAsync();
            if (_silos.Add(silo))
            {
                _patternVersion = -1;
                await log.SetInterestAsync(_channel, silo, interested: true);
            }

            return (_claim ?? await ClaimAsync()).Head;
        }
        catch (TooManyChannelsException)
        {
            return Refuse(default(ChannelHead));
        }
    }

    public async ValueTask Unregister(string silo)
    {
        try
        {
            _ = _claim ?? await ClaimAsync();
            if (_silos.Remove(silo))
            {
                _patternVersion = -1;
                await log.SetInterestAsync(_channel, silo, interested: false);
            }
        }
        catch (TooManyChannelsException)
        {
            // Nobody can have registered.
            DeactivateOnIdle();
        }
    }

    public async Task<LogRead> Read(long after, int limit)
    {
        try
        {
            var read = await log.ReadAsync(_channel, after, Math.Clamp(limit, 1, limits.Value.ReadMessages));
            if (read.Head.Epoch == 0 && _claim is null && !_writing)
            {
                // Who reads channels that never were leaves nothing behind.
                DeactivateOnIdle();
            }

            return read;
        }
        catch (LogUnavailableException exception)
        {
            // Callers know nothing of logs; a store that is away is to them what a silo is that does not answer.
            throw new TimeoutException(exception.Message);
        }
    }

    /// <summary>The channel is one too many: what stands for it here goes again.</summary>
    private T Refuse<T>(T answer)
    {
        metrics.ChannelsRefused.Add(1);
        DeactivateOnIdle();
        return answer;
    }

    /// <summary>Claims the log; calls that need the claim meanwhile wait for the same, as a second claim would fence the first.</summary>
    private Task<LogClaim> ClaimAsync() => _claiming is { IsCompleted: false } underWay ? underWay : _claiming = ClaimOnceAsync();

    private async Task<LogClaim> ClaimOnceAsync()
    {
        _claim = await log.ClaimAsync(_channel);
        _window = null;
        _silos = [.. _claim.Silos];
        _ = ForgetAsync(_silos.Where(members.IsGone).ToArray());
        _patternVersion = -1;
        Announce(_claim.Head);
        return _claim;
    }

    /// <summary>Silos that died could not say that they want nothing any more. What fails here is done at the next claim.</summary>
    private async Task ForgetAsync(string[] gone)
    {
        _silos.ExceptWith(gone);
        try
        {
            foreach (var silo in gone)
            {
                await log.SetInterestAsync(_channel, silo, interested: false);
            }
        }
        catch (Exception exception)
        {
            Log.SilosNotForgotten(logger, _channel.Tenant, exception.Message);
        }
    }

    private void Send(Message[] messages, ChannelHead head)
    {
        var targets = Targets();
        if (targets.Length > 0)
        {
            sender.Send(targets, new ChannelBatch { Channel = _channel, Epoch = head.Epoch, Messages = messages, Head = head.Offset });
            announcer.Published(_channel, targets, head);
        }
    }

    /// <summary>
    /// What was stored last may never have been sent: by another activation, or by this one, if the log did not answer in time. Nobody would miss it
    /// before the next message.
    /// </summary>
    private void Announce(ChannelHead head)
    {
        var targets = Targets();
        if (head.Offset > 0 && targets.Length > 0)
        {
            sender.Send(targets, new ChannelBatch { Channel = _channel, Epoch = head.Epoch, Messages = [], Head = head.Offset });
            announcer.Published(_channel, targets, head);
        }
    }

    /// <summary>The silos with sessions that want this channel: by its name, and by patterns.</summary>
    private string[] Targets()
    {
        if (_patternVersion != _patterns!.Version)
        {
            _patternVersion = _patterns.Version;
            var silos = new HashSet<string>(_silos, StringComparer.Ordinal);
            _patterns.AddSilosOf(_channel.Name, silos);
            _targets = [.. silos];
        }

        return _targets;
    }

    private static partial class Log
    {
        [LoggerMessage(1501, LogLevel.Warning, "A channel of tenant {Tenant} was taken over by another activation")]
        public static partial void Fenced(ILogger logger, string tenant);

        [LoggerMessage(1502, LogLevel.Error, "A publish of tenant {Tenant} could not be logged")]
        public static partial void AppendFailed(ILogger logger, string tenant, Exception exception);

        [LoggerMessage(1504, LogLevel.Warning, "Dead silos still stand with a channel of tenant {Tenant}: {Reason}")]
        public static partial void SilosNotForgotten(ILogger logger, string tenant, string reason);

        [LoggerMessage(1503, LogLevel.Error, "A publish of tenant {Tenant} could not be logged: {Reason}")]
        public static partial void LogUnavailable(ILogger logger, string tenant, string reason);
    }
}
