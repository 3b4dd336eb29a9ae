namespace Tidings.Grains.Fanout;

/// <content>What the live path lost is read from the log.</content>
internal sealed partial class SiloFanout
{
    private static readonly TimeSpan RepairRetry = TimeSpan.FromMilliseconds(250);

    /// <summary>Starts the feed of a pattern's channel where the channel stood when this silo began to follow the pattern.</summary>
    private async Task BeginAsync(ChannelFeed feed)
    {
        while (true)
        {
            try
            {
                var place = await PlaceOfAsync(feed);
                lock (_lock)
                {
                    if (feed.Epoch == 0)
                    {
                        feed.Start(place.Epoch, place.Offset);
                    }
                }

                await RepairAsync(feed);
                return;
            }
            catch (Exception exception)
            {
                Log.RepairFailed(logger, exception);
                await Task.Delay(RepairRetry, time);
            }
        }
    }

    private async ValueTask<LogPosition> PlaceOfAsync(ChannelFeed feed)
    {
        LogPosition first;
        long? since;
        lock (_lock)
        {
            var batch = feed.Deferred!.Batches[0];
            first = new LogPosition(batch.Epoch, batch is { Messages: [var message, ..] } ? message.Offset - 1 : batch.Head);
            since = feed.Topics.Min(static topic => topic.Sequence);
        }

        if (since is not { } point)
        {
            return first;
        }

        var place = await log.FindAsync(feed.Channel, point);
        return place.Head.Epoch == first.Epoch && place.Offset < first.Offset ? first with { Offset = place.Offset } : first;
    }

    /// <summary>Fills the gap before the deferred batches of a feed, then passes those on. Other channels go on meanwhile.</summary>
    private async Task RepairAsync(ChannelFeed feed)
    {
        metrics.GapsRepaired.Add(1);
        while (true)
        {
            long after, announced;
            lock (_lock)
            {
                (after, announced) = (feed.Head, feed.Deferred!.Head);
            }

            LogRead read;
            try
            {
                read = await log.ReadAsync(feed.Channel, after, Limits.ReadMessages);
            }
            catch (Exception exception)
            {
                Log.RepairFailed(logger, exception);
                await Task.Delay(RepairRetry, time);
                continue;
            }

            lock (_lock)
            {
                if (TakeRepair(feed, read, announced))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Passes on what was read; true when the deferred batches followed.</summary>
    /// <param name="feed">The channel.</param>
    /// <param name="read">What its log has.</param>
    /// <param name="announced">The head that was announced before the log was read.</param>
    private bool TakeRepair(ChannelFeed feed, LogRead read, long announced)
    {
        if (read.Head.Epoch > feed.Epoch)
        {
            // The log was lost and began anew: what it holds now is all there is.
            metrics.LogsLost.Add(1);
            feed.Start(read.Head.Epoch, 0);
            TellGap(feed, read.First);
            return false;
        }

        if (read.Head.Epoch == feed.Epoch && read.First > feed.Head + 1)
        {
            SkipTo(feed, read.First);
        }

        if (read.Head.Epoch == feed.Epoch && read.Messages.Length > 0)
        {
            PassOn(feed, read.Messages);
            if (feed.Head < read.Head.Offset)
            {
                return false;
            }
        }

        if (feed.Deferred!.Head > Math.Max(announced, feed.Head))
        {
            // Logged since this was read, and not kept.
            return false;
        }

        var deferred = feed.Deferred.Batches;
        feed.Deferred = null;
        if (deferred is [{ Messages: [var first, ..] } next, ..] && next.Epoch == feed.Epoch && first.Offset > feed.Head + 1)
        {
            // A message is logged before its event is sent: what the log does not have now it never will.
            SkipTo(feed, first.Offset);
        }

        foreach (var batch in deferred)
        {
            // Whatever a batch still misses before it starts the next repair, which the rest then waits for.
            if (feed.Deferred is not null)
            {
                Defer(feed, batch);
            }
            else if (batch.Messages.Length > 0)
            {
                DeliverInOrder(feed, batch);
            }
        }

        return true;
    }

    private void SkipTo(ChannelFeed feed, long offset)
    {
        feed.Start(feed.Epoch, offset - 1);
        TellGap(feed, offset);
    }

    /// <summary>A stalled gateway has room again: sends what it missed, channel by channel.</summary>
    private async Task ResumeAsync(GatewayLink link)
    {
        while (!link.IsLost)
        {
            ChannelFeed? feed;
            long after;
            lock (_lock)
            {
                feed = link.Behind.FirstOrDefault(SendBehind);
                if (feed is null)
                {
                    link.Stalled = link.Behind.Count > 0;
                    return;
                }

                after = feed.LastSent(link);
            }

            var read = await log.ReadAsync(feed.Channel, after, Limits.ReadMessages);
            lock (_lock)
            {
                SendRead(link, feed, read);
            }
        }

        // Sends from what is at hand, as long as there is room. True: this one needs the log.
        bool SendBehind(ChannelFeed feed)
        {
            if (!link.HasRoom)
            {
                return false;
            }

            if (!feed.TryTail(feed.LastSent(link), out var messages))
            {
                return true;
            }

            link.Behind.Remove(feed);
            SendWhileStalled(link, feed, messages);
            return false;
        }
    }

    private void SendRead(GatewayLink link, ChannelFeed feed, LogRead read)
    {
        var messages = UpToHead(feed, read.Messages);
        if (read.Head.Epoch != feed.Epoch || messages.Length == 0)
        {
            link.Behind.Remove(feed);
            return;
        }

        if (read.First > feed.LastSent(link) + 1)
        {
            TellGap(feed, read.First);
        }

        SendWhileStalled(link, feed, messages);
    }

    private void SendWhileStalled(GatewayLink link, ChannelFeed feed, Message[] messages)
    {
        if (messages.Length == 0)
        {
            return;
        }

        link.Stalled = false;
        SendTo(link, feed, messages);
        link.Stalled = true;
    }
}
