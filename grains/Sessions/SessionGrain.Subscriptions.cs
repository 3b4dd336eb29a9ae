using Tidings.Grains.Fanout;

namespace Tidings.Grains.Sessions;

/// <content>What the session is subscribed to, and from which places.</content>
internal sealed partial class SessionGrain
{
    public async Task<SubscribeStatus> Subscribe(string[] subscriptions)
    {
        if (await FindAsync() is not { } mailbox)
        {
            return SubscribeStatus.UnknownSession;
        }

        var wanted = subscriptions.Distinct(StringComparer.Ordinal).Where(name => !mailbox.Subscriptions.ContainsKey(name)).ToArray();
        if (mailbox.Subscriptions.Count + wanted.Length > limits.Value.SubscriptionsPerSession)
        {
            return SubscribeStatus.TooMany;
        }

        fanout.Touch(mailbox);
        if (wanted.Length == 0)
        {
            return SubscribeStatus.Done;
        }

        try
        {
            var (status, topics) = await fanout.AcquireAsync(mailbox.Tenant, wanted);
            if (status != SubscribeStatus.Done)
            {
                return status;
            }

            fanout.Subscribe(mailbox, topics);
            await WriteAsync();
            return SubscribeStatus.Done;
        }
        catch (Exception exception)
        {
            Log.SubscribeFailed(logger, mailbox.SessionId, exception);
            fanout.Unsubscribe(mailbox, wanted);
            return SubscribeStatus.Unavailable;
        }
    }

    public async Task<ReplayResult> Replay(ReplayFrom[] channels)
    {
        if (await FindAsync() is not { } mailbox)
        {
            return new ReplayResult(SubscribeStatus.UnknownSession);
        }

        string[] added = [.. channels.Select(static channel => channel.Channel).Distinct(StringComparer.Ordinal).Where(name => !mailbox.Subscriptions.ContainsKey(name))];
        if (mailbox.Subscriptions.Count + added.Length > limits.Value.SubscriptionsPerSession)
        {
            return new ReplayResult(SubscribeStatus.TooMany);
        }

        fanout.Touch(mailbox);
        try
        {
            ReplayFrom[] places = [.. channels.Where(static channel => channel.After != ReplayFrom.New)];
            string[] replayed = [.. places.Select(static place => place.Channel)];
            return await ReplayAsync(mailbox, places, [.. replayed, .. added.Except(replayed, StringComparer.Ordinal)]);
        }
        catch (Exception exception)
        {
            Log.SubscribeFailed(logger, mailbox.SessionId, exception);
            fanout.Unsubscribe(mailbox, added);
            return new ReplayResult(SubscribeStatus.Unavailable);
        }
    }

    /// <summary>Subscribes to channels, the first of which from places in their logs on.</summary>
    private async Task<ReplayResult> ReplayAsync(Mailbox mailbox, ReplayFrom[] places, string[] names)
    {
        // The channels are followed before their logs are looked at, so that nothing comes in between.
        var (status, topics) = await fanout.AcquireAsync(mailbox.Tenant, names);
        if (status != SubscribeStatus.Done)
        {
            return new ReplayResult(status);
        }

        LogPosition[] positions;
        try
        {
            (positions, var invalid) = await fanout.PlacesAsync(mailbox.Tenant, places);
            if (invalid is not null)
            {
                fanout.Release(topics);
                return new ReplayResult(SubscribeStatus.Done, invalid);
            }
        }
        catch
        {
            fanout.Release(topics);
            throw;
        }

        if (topics.Length > places.Length)
        {
            fanout.Subscribe(mailbox, topics[places.Length..]);
        }

        var restarted = fanout.Replay(mailbox, topics[..places.Length], positions, _holder);
        await WriteAsync();
        await restarted;
        return new ReplayResult(SubscribeStatus.Done);
    }

    public async Task<SubscribeStatus> Unsubscribe(string[] subscriptions)
    {
        if (await FindAsync() is not { } mailbox)
        {
            return SubscribeStatus.UnknownSession;
        }

        fanout.Touch(mailbox);
        fanout.Unsubscribe(mailbox, subscriptions);
        await Save();
        return SubscribeStatus.Done;
    }

    public async Task<string[]?> Subscriptions() => (await FindAsync())?.Subscriptions.Keys.ToArray();
}
