using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Tidings.Grains.Logs;
using Tidings.Grains.Patterns;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Channels;

/// <inheritdoc cref="IChannelGrain"/>
/// <remarks>
/// Reentrant for group commit: while one write to the log is under way, later publishes gather and go with the next.
/// The order of publishes is the order in which their calls begin.
/// </remarks>
[Reentrant]
internal sealed partial class ChannelGrain(
    IMessageLog log,
    PatternIndex patterns,
    SiloSender sender,
    HeadAnnouncer announcer,
    IOptions<TidingsLimits> limits,
    TimeProvider time,
    SiloMetrics metrics,
    ILogger<ChannelGrain> logger) : Grain, IChannelGrain
{
    private readonly Queue<WaitingPublish> _waiting = new();
    private ChannelId _channel;
    private LogClaim? _claim;
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
        _ = _claim ?? await ClaimAsync();
        if (_silos.Add(silo))
        {
            _patternVersion = -1;
            await log.SetInterestAsync(_channel, silo, interested: true);
        }

        return (_claim ?? await ClaimAsync()).Head;
    }

    public async ValueTask Unregister(string silo)
    {
        _ = _claim ?? await ClaimAsync();
        if (_silos.Remove(silo))
        {
            _patternVersion = -1;
            await log.SetInterestAsync(_channel, silo, interested: false);
        }
    }

    public async Task<LogRead> Read(long after, int limit) =>
        await log.ReadAsync(_channel, after, Math.Clamp(limit, 1, limits.Value.ReadMessages));

    /// <summary>Claims the log; calls that need the claim meanwhile wait for the same, as a second claim would fence the first.</summary>
    private Task<LogClaim> ClaimAsync() => _claiming is { IsCompleted: false } underWay ? underWay : _claiming = ClaimOnceAsync();

    private async Task<LogClaim> ClaimOnceAsync()
    {
        _claim = await log.ClaimAsync(_channel);
        _silos = [.. _claim.Silos];
        _patternVersion = -1;
        return _claim;
    }

    /// <summary>Writes what waits, group by group, until nothing waits. One runs at a time; it never throws.</summary>
    private async Task WriteAsync()
    {
        _writing = true;
        while (_waiting.Count > 0)
        {
            var group = _waiting.ToArray();
            _waiting.Clear();
            var result = await WriteAsync(group);
            foreach (var publish in group)
            {
                _waitingMessages -= publish.Items.Length;
                publish.SetResult(result);
                result = result with { FirstOffset = result.FirstOffset == 0 ? 0 : result.FirstOffset + publish.Items.Length };
            }
        }

        _writing = false;
    }

    private async ValueTask<PublishResult> WriteAsync(WaitingPublish[] group)
    {
        try
        {
            var claim = _claim ?? await ClaimAsync();
            var messages = Number(group, claim.Head.Offset + 1);
            _claim = await log.AppendAsync(claim, messages);
            if (_claim is null)
            {
                // Another activation took the channel over: publishers try again and reach that one.
                Log.Fenced(logger, _channel.Tenant);
                DeactivateOnIdle();
                return new PublishResult(PublishStatus.Unavailable, 0, 0);
            }

            metrics.Published.Add(messages.Length);
            Send(messages, _claim.Head);
            return new PublishResult(PublishStatus.Stored, messages[0].Offset, _claim.Head.Epoch);
        }
        catch (Exception exception)
        {
            _claim = null;
            Log.AppendFailed(logger, _channel.Tenant, exception);
            return new PublishResult(PublishStatus.Unavailable, 0, 0);
        }
    }

    private Message[] Number(WaitingPublish[] group, long first)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var messages = new Message[group.Sum(static publish => publish.Items.Length)];
        var next = 0;
        foreach (var publish in group)
        {
            foreach (var item in publish.Items)
            {
                messages[next] = new Message { Offset = first + next, Time = now, Item = item };
                next++;
            }
        }

        return messages;
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

    private sealed class WaitingPublish(PublishItem[] items)
        : TaskCompletionSource<PublishResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public PublishItem[] Items => items;
    }

    private static partial class Log
    {
        [LoggerMessage(1501, LogLevel.Warning, "A channel of tenant {Tenant} was taken over by another activation")]
        public static partial void Fenced(ILogger logger, string tenant);

        [LoggerMessage(1502, LogLevel.Error, "A publish of tenant {Tenant} could not be logged")]
        public static partial void AppendFailed(ILogger logger, string tenant, Exception exception);
    }
}
