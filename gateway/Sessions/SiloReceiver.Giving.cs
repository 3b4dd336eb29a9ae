namespace Tidings.Gateway.Sessions;

/// <content>Giving messages to the sessions they are for.</content>
internal sealed partial class SiloReceiver
{
    private void GiveDirect(LocalSession session, LinkFrame frame, long number)
    {
        if (session.Enqueue(new DirectItem(frame.Direct!) { Frame = number }) is { } dropped)
        {
            metrics.CountDirectsDropped(dropped);
        }
        else
        {
            hub.Return(frame.Tenant, frame.Session!, frame.Direct!);
        }
    }

    private void Deliver(LinkFrame frame, long number)
    {
        var batch = frame.Batches[0];
        var trace = MessageTrace.IsOn ? DeliveryTrace.Of(batch.Channel, batch.Messages, silo, LastHeard) : null;
        var delivery = new DeliveryBatch(batch) { Frame = number, LiveFor = MembersOf(frame), Trace = trace };
        GiveOut(frame, delivery);
        trace?.GivenOut();
    }

    /// <summary>How many sessions a frame is for, those that hold several of its subscriptions counted with each.</summary>
    private int MembersOf(LinkFrame frame)
    {
        var members = 0;
        foreach (var name in frame.Subscriptions)
        {
            members += _groups.MembersOf(frame.Tenant, name).Count;
        }

        return members;
    }

    private void GiveOut(LinkFrame frame, DeliveryBatch delivery)
    {
        _places[delivery.Channel] = new ChannelCursor(delivery.Channel.Name, delivery.LastOffset, frame.Batches[0].Epoch);
        if (frame.Subscriptions.Length == 1)
        {
            foreach (var session in _groups.MembersOf(frame.Tenant, frame.Subscriptions[0]))
            {
                Give(session, delivery);
            }

            return;
        }

        foreach (var name in frame.Subscriptions)
        {
            foreach (var session in _groups.MembersOf(frame.Tenant, name))
            {
                if (!ReferenceEquals(session.LastGiven, delivery))
                {
                    session.LastGiven = delivery;
                    Give(session, delivery);
                }
            }
        }
    }

    private void Give(LocalSession session, ChannelBatch[] batches, long number)
    {
        foreach (var batch in batches)
        {
            if (session.CatchUp(batch) is { } fresh)
            {
                var trace = MessageTrace.IsOn ? DeliveryTrace.Of(fresh.Channel, fresh.Messages, silo, LastHeard) : null;
                Give(session, new DeliveryBatch(fresh) { Frame = number, Trace = trace });
                trace?.GivenOut();
            }
        }
    }

    private void Give(LocalSession session, DeliveryBatch delivery)
    {
        var given = session.Grants is not { } grants || delivery.IsVisibleTo(grants);
        if (given && !session.Enqueue(delivery))
        {
            given = false;
            metrics.WindowsDropped.Add(1, new KeyValuePair<string, object?>("policy", session.IsTooSlow ? "end_session" : "read_log"));
        }

        delivery.Trace?.Gave(given);
    }
}
