using Tidings.Protocols.Bayeux;

namespace Tidings.Client.Sessions;

/// <summary>Brings subscriptions into force in a session: new ones, and all of them when a session is new.</summary>
internal sealed class Establisher(SubscriptionTable table, Requests requests, TidingsClientOptions options, Action<TidingsGap> gap)
{
    private const int MostAtOnce = 50;
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Subscribes to all that this session does not have yet.</summary>
    /// <returns>False if the server does not know the session.</returns>
    /// <exception cref="Transports.LinkLostException">The connection ended, or the server cannot do it now.</exception>
    public async Task<bool> EstablishAsync(Link link, string clientId, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            while (table.All.Where(one => one.Session != clientId).Take(MostAtOnce).ToArray() is { Length: > 0 } waiting)
            {
                Array.ForEach(waiting, one => one.AskedIn = clientId);
                var replies = await link.AskAsync(
                    [.. waiting.Select(one => requests.Subscribe(clientId, one.Channel, PlaceOf(one)))], options.ReplyTimeout, cancellationToken);
                for (var i = 0; i < replies.Length; i++)
                {
                    if (!Settle(waiting[i], replies[i], clientId))
                    {
                        return false;
                    }
                }
            }

            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    private long? PlaceOf(TidingsSubscription subscription) => options.Replay && !subscription.IsPattern ? subscription.After : null;

    private bool Settle(TidingsSubscription subscription, BayeuxMessage reply, string clientId)
    {
        if (reply.Successful == true)
        {
            if (subscription.Session is not null && PlaceOf(subscription) is null)
            {
                gap(new TidingsGap(subscription.Channel, null));
            }

            subscription.Establish(clientId);
            return true;
        }

        switch (TidingsException.CodeOf(reply.Error))
        {
            case 402 or 401:
                return false;
            case 400 when PlaceOf(subscription) is not null and not ReplayFrom.All && subscription.Session is not null:
                // The log went on without us, or is another one.
                subscription.ReplayAll();
                gap(new TidingsGap(subscription.Channel, null));
                return true;
            case 503:
                throw new Transports.LinkLostException($"The server cannot subscribe to {subscription.Channel} now: {reply.Error}");
            default:
                table.Remove(subscription);
                subscription.AskedIn = null;
                subscription.End(new TidingsException(reply.Error ?? $"The server refused to subscribe to {subscription.Channel}."));
                return true;
        }
    }
}
