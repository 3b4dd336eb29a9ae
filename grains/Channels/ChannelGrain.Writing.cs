using Tidings.Grains.Logs;

namespace Tidings.Grains.Channels;

/// <content>Writing to the log: one group at a time, each publish once.</content>
internal sealed partial class ChannelGrain
{
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
}
