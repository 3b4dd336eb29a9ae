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

    /// <summary>Writes what waits, group by group, until nothing waits. One runs at a time; it never throws.</summary>
    private async Task WriteAsync()
    {
        _writing = true;
        while (_waiting.Count > 0)
        {
            var group = _waiting.ToArray();
            _waiting.Clear();
            var (status, epoch) = await WriteAsync(group);
            foreach (var publish in group)
            {
                _waitingMessages -= publish.Items.Length;
                publish.Answer(status, epoch);
            }
        }

        _writing = false;
    }

    private async ValueTask<(PublishStatus Status, long Epoch)> WriteAsync(WaitingPublish[] group)
    {
        try
        {
            var claim = _claim ?? await ClaimAsync();
            _window ??= await RememberAsync(claim.Head);
            var messages = Number(group, claim.Head.Offset + 1);
            if (messages.Length == 0)
            {
                return (PublishStatus.Stored, claim.Head.Epoch);
            }

            _claim = await AppendAsync(claim, messages);
            if (_claim is null)
            {
                // Another activation took the channel over: publishers try again and reach that one.
                Log.Fenced(logger, _channel.Tenant);
                metrics.ChannelsTakenOver.Add(1);
                DeactivateOnIdle();
                return (PublishStatus.Unavailable, 0);
            }

            Remember(messages);
            if (_channel.Tenant != ChannelId.HealthTenant)
            {
                metrics.Published.Add(messages.Length);
                if (!SystemChannels.Contains(_channel.Name))
                {
                    metrics.Tenants.Add(_channel.Tenant, messages.Length);
                }
            }

            Send(messages, _claim.Head);
            ChannelTrace.Appended(_channel, messages, _targets.Length);
            return (PublishStatus.Stored, _claim.Head.Epoch);
        }
        catch (TooManyChannelsException)
        {
            return Refuse((PublishStatus.TooManyChannels, 0L));
        }
        catch (Exception exception)
        {
            (_claim, _window) = (null, null);
            if (exception is LogUnavailableException)
            {
                Log.LogUnavailable(logger, _channel.Tenant, exception.Message);
            }
            else
            {
                Log.AppendFailed(logger, _channel.Tenant, exception);
            }

            return (PublishStatus.Unavailable, 0);
        }
    }

    private async ValueTask<LogClaim?> AppendAsync(LogClaim claim, Message[] messages)
    {
        var began = time.GetTimestamp();
        string? error = "exception";
        try
        {
            var advanced = await log.AppendAsync(claim, messages);
            error = advanced is null ? "fenced" : null;
            return advanced;
        }
        finally
        {
            metrics.Appended(time.GetElapsedTime(began), error);
            if (error is not null)
            {
                ChannelTrace.Appended(_channel, messages, targets: 0, error);
            }
        }
    }

    /// <summary>Gives offsets to what is new; what was stored before keeps the one it has.</summary>
    private Message[] Number(WaitingPublish[] group, long first)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var messages = new List<Message>(group.Length);
        Dictionary<Guid, long>? inGroup = null;
        foreach (var publish in group)
        {
            for (var i = 0; i < publish.Items.Length; i++)
            {
                var item = publish.Items[i];
                var next = first + messages.Count;
                if (item.Key is { } key && (_window!.TryFind(key, out var known) || !(inGroup ??= []).TryAdd(key, next)))
                {
                    metrics.PublishesRepeated.Add(1);
                    publish.Place(i, known > 0 ? known : inGroup![key], isNew: false);
                    continue;
                }

                publish.Place(i, next, isNew: true);
                messages.Add(new Message { Offset = next, Time = now, Item = item });
            }
        }

        return [.. messages];
    }

    private void Remember(Message[] messages)
    {
        foreach (var message in messages)
        {
            if (message.Item.Key is { } key)
            {
                _window!.Add(key, message.Offset, message.Time);
            }
        }
    }

    /// <summary>A channel taken up anew reads the keys of what was stored last, since its publishers may repeat that now.</summary>
    private async ValueTask<PublishWindow> RememberAsync(ChannelHead head)
    {
        var window = new PublishWindow(limits);
        var oldest = (time.GetUtcNow() - limits.Value.PublishKeyAge).ToUnixTimeMilliseconds();
        for (var after = Math.Max(0, head.Offset - limits.Value.ReadMessages); after < head.Offset;)
        {
            var read = await log.ReadAsync(_channel, after, limits.Value.ReadMessages);
            foreach (var message in read.Messages.Where(message => message.Item.Key is not null && message.Time >= oldest))
            {
                window.Add(message.Item.Key!.Value, message.Offset, message.Time);
            }

            after = read.Messages is [.., var last] ? last.Offset : head.Offset;
        }

        return window;
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
