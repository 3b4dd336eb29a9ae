namespace Tidings.Grains.Fanout;

/// <content>Sessions leave their gateway, or end.</content>
internal sealed partial class SiloFanout
{
    /// <summary>The gateway that had the session gave it up: what it delivered becomes the session's cursors.</summary>
    /// <param name="mailbox">The session.</param>
    /// <param name="gatewayId">The gateway.</param>
    /// <param name="handover">What it delivered; null when it cannot be asked: then what it acknowledged last counts.</param>
    public void Detach(Mailbox mailbox, string? gatewayId, SessionHandover? handover)
    {
        lock (_lock)
        {
            if (mailbox.Link is { } link && link.GatewayId == gatewayId)
            {
                var (acknowledged, through) = AcknowledgedBy(mailbox, link);
                DetachFrom(mailbox, link, handover is null ? acknowledged : LastTaken(link, handover));
                mailbox.DeliveredThrough = handover is null ? through : time.GetUtcNow();
            }

            foreach (var cursor in handover?.Cursors ?? [])
            {
                if (mailbox.Replayed is { } replayed && replayed.Contains(cursor.Channel))
                {
                    // Its client said where it is to begin.
                    continue;
                }

                var channel = new ChannelId(mailbox.Tenant, cursor.Channel);
                if (_feeds.TryGetValue(channel, out var feed))
                {
                    mailbox.Cursors[cursor.Channel] = new LogPosition(cursor.Epoch == 0 ? feed.Epoch : cursor.Epoch, cursor.Offset);
                }
            }

            foreach (var direct in handover?.Directs ?? [])
            {
                Queue(mailbox, direct);
            }

            mailbox.Keep(handover);
        }
    }

    /// <summary>The gateway that has the session is about to be asked for it.</summary>
    public void BeginRelease(Mailbox mailbox)
    {
        lock (_lock)
        {
            mailbox.Asked = mailbox.Link is { } link ? (link.Id, link.Delivered, link.DeliveredThrough) : null;
        }
    }

    /// <summary>Whether a gateway still answers this silo.</summary>
    public bool IsReachable(GatewayAddress gateway)
    {
        lock (_lock)
        {
            return _links.TryGetValue(gateway.Id, out var link) && link is { IsLost: false, IsSilent: false };
        }
    }

    /// <summary>Ends a session and tells the gateway that holds it.</summary>
    public void Close(Mailbox mailbox, GatewayAddress? holder, SessionEnd reason)
    {
        lock (_lock)
        {
            if (!Remove(mailbox))
            {
                return;
            }

            if (holder is not null && _links.TryGetValue(holder.Id, out var link))
            {
                link.Add(new LinkFrame { Kind = LinkFrameKind.End, Tenant = mailbox.Tenant, Session = mailbox.SessionId, Stay = mailbox.Stay, End = reason });
            }

            metrics.SessionsEnded.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
        }
    }

    /// <summary>The session goes on at another silo: its gateway is told to look for it there.</summary>
    public void MoveAway(Mailbox mailbox, GatewayAddress? holder)
    {
        lock (_lock)
        {
            if (Remove(mailbox) && holder is not null && _links.TryGetValue(holder.Id, out var link))
            {
                link.Add(FrameFor(mailbox, LinkFrameKind.Moved, []));
            }
        }
    }

    private bool Remove(Mailbox mailbox)
    {
        if (!((ICollection<KeyValuePair<string, Mailbox>>)_mailboxes).Remove(KeyValuePair.Create(mailbox.SessionId, mailbox)))
        {
            return false;
        }

        _sessionsPerTenant[mailbox.Tenant]--;
        foreach (var subscription in mailbox.Subscriptions.Values)
        {
            LeaveTopic(mailbox, subscription);
        }

        mailbox.Subscriptions.Clear();
        mailbox.Link = null;
        return true;
    }

    /// <summary>The last frame of a link that a session got: none where its gateway had not met the link.</summary>
    private static long LastTaken(GatewayLink link, SessionHandover handover) => handover.Link == link.Id ? handover.Frame : 0;

    /// <summary>Up to which frame, and up to when, a gateway that cannot be asked has delivered everything to a session.</summary>
    private static (long Frame, DateTimeOffset Through) AcknowledgedBy(Mailbox mailbox, GatewayLink link) =>
        mailbox.Asked is { } asked && asked.Link == link.Id ? (asked.Frame, asked.Through) : (link.Delivered, link.DeliveredThrough);

    private static void DetachFrom(Mailbox mailbox, GatewayLink link, long frame)
    {
        // Before its join was taken in, the session stands where it stood then.
        if (frame >= mailbox.JoinFrame)
        {
            var before = mailbox.Cursors;
            mailbox.Cursors = new Dictionary<string, LogPosition>(StringComparer.Ordinal);
            foreach (var (feed, joinFrame) in mailbox.Feeds())
            {
                mailbox.Cursors[feed.Channel.Name] = frame < joinFrame && before.TryGetValue(feed.Channel.Name, out var waiting)
                    ? waiting
                    : new LogPosition(feed.Epoch, feed.OffsetAt(link, Math.Max(frame, joinFrame)));
            }
        }

        mailbox.Link = null;
        foreach (var subscription in mailbox.Subscriptions.Values.Where(static held => held.JoinFrame != NotJoined))
        {
            subscription.Topic.RemoveLink(link);
        }
    }

    private void OnLinkLost(GatewayLink link)
    {
        lock (_lock)
        {
            if (_links.TryGetValue(link.GatewayId, out var current) && ReferenceEquals(current, link))
            {
                metrics.GatewaysLost.Add(1);
                _links.Remove(link.GatewayId);
                _linked = [.. _links.Values];
            }

            foreach (var mailbox in _mailboxes.Values.Where(mailbox => ReferenceEquals(mailbox.Link, link)))
            {
                var (acknowledged, through) = AcknowledgedBy(mailbox, link);
                DetachFrom(mailbox, link, acknowledged);
                mailbox.DeliveredThrough = through;
                StartClock(mailbox, mailbox.Lifetime);
            }

            foreach (var feed in _feeds.Values)
            {
                feed.Forget(link);
            }

            foreach (var frame in link.TakeUnsent().Where(static frame => frame.Direct is not null))
            {
                if (_mailboxes.TryGetValue(frame.Session!, out var mailbox))
                {
                    Deliver(mailbox, frame.Direct!);
                }
            }
        }
    }
}
