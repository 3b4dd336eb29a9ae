using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tidings.Grains.Logs;
using Tidings.Grains.Patterns;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Fanout;

/// <summary>
/// The silo's fan-out: takes the events of this silo's stream and passes each message on once per gateway, naming the
/// subscriptions whose sessions are to get it. Work per message does not depend on the number of sessions.
/// One lock guards feeds, topics and mailboxes; nothing waits while holding it.
/// </summary>
internal sealed partial class SiloFanout(
    ILocalSiloDetails silo,
    IMessageLog log,
    IGrainFactory grains,
    IServiceProvider services,
    PatternIndex patterns,
    IOptions<TidingsLimits> limits,
    TimeProvider time,
    SiloMetrics metrics,
    ILogger<SiloFanout> logger) : ISiloEvents
{
    private static readonly TimeSpan UnusedTopicLife = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<ChannelId, ChannelFeed> _feeds = [];
    private readonly Dictionary<ChannelId, Topic> _topics = [];
    private readonly Dictionary<string, GatewayLink> _links = new(StringComparer.Ordinal);
    private volatile GatewayLink[] _linked = [];

    // While an event is passed on, its links are woken at its end.
    private bool _delivering;
    private long _sentAt;
    private readonly ConcurrentDictionary<ChannelId, Task> _unregistering = new();
    private TidingsLimits Limits => limits.Value;
    private readonly string _silo = SiloStream.NameOf(silo.SiloAddress);

    public string Silo => _silo;

    /// <summary>Passes on batches of channels, or notices that something before them is missing. What goes to one gateway goes in one call.</summary>
    /// <param name="sentAt">When they were given to this silo's stream (<see cref="FanoutEvent.SentAt"/>).</param>
    /// <param name="batches">The batches.</param>
    public void Deliver(long sentAt, params ReadOnlySpan<ChannelBatch> batches)
    {
        foreach (var batch in batches)
        {
            try
            {
                DeliverOne(batch, sentAt);
            }
            catch (Exception exception)
            {
                Log.DeliverFailed(logger, exception);
            }
        }

        foreach (var link in _linked)
        {
            link.Wake();
        }
    }

    private void DeliverOne(ChannelBatch batch, long sentAt)
    {
        lock (_lock)
        {
            var feed = FeedOf(batch.Channel);
            if (feed.Topics.Count == 0)
            {
                // It crossed this silo's leaving: followed from here, the channel would seem to have a gap when it is joined again.
                RemoveFeed(feed);
            }
            else if (feed.Deferred is not null)
            {
                Defer(feed, batch);
            }
            else
            {
                DeliverLive(feed, batch, sentAt);
            }
        }
    }

    private void DeliverLive(ChannelFeed feed, ChannelBatch batch, long sentAt)
    {
        (_delivering, _sentAt) = (true, sentAt);
        try
        {
            DeliverInOrder(feed, batch);
        }
        finally
        {
            (_delivering, _sentAt) = (false, 0);
        }
    }

    /// <summary>Forgets topics nobody uses and channels whose log has expired.</summary>
    public async Task SweepAsync()
    {
        List<Topic> unused;
        lock (_lock)
        {
            var now = time.GetSteadyNow();
            unused = [.. _topics.Values.Where(topic => topic.Users == 0 && now - topic.UnusedSince > UnusedTopicLife)];
            foreach (var topic in unused)
            {
                RemoveTopic(topic);
                _unregistering[topic.Id] = Task.Run(() => UnregisterAsync(topic));
            }

            var old = _feeds.Values.Where(feed => now - feed.LastUsed > Limits.LogAge && feed.Topics.TrueForAll(topic => topic.IsPattern));
            foreach (var feed in old.ToList())
            {
                RemoveFeed(feed);
            }
        }

        foreach (var topic in unused)
        {
            await _unregistering[topic.Id];
            _unregistering.TryRemove(topic.Id, out _);
        }
    }

    private void DeliverInOrder(ChannelFeed feed, ChannelBatch batch)
    {
        if (batch.Epoch < feed.Epoch)
        {
            return;
        }

        if (feed.Epoch == 0 && log.IsShared && batch is not { Messages: [{ Offset: 1 }, ..] })
        {
            // A pattern's channel, seen here for the first time: what came before may have been lost on its way.
            Defer(feed, batch);
            _ = Task.Run(() => BeginAsync(feed));
            return;
        }

        if (batch.Epoch != feed.Epoch)
        {
            BeginEpoch(feed, batch);
        }

        if (feed.MayStartEarlier && batch.Messages is [var first, ..])
        {
            // A head alone may overtake the messages before it.
            feed.MayStartEarlier = false;
            if (first.Offset <= feed.Head)
            {
                feed.Start(batch.Epoch, first.Offset - 1);
            }
        }

        var fresh = batch.Messages;
        if (fresh.Length > 0 && fresh[0].Offset <= feed.Head)
        {
            fresh = [.. fresh.Where(message => message.Offset > feed.Head)];
        }

        if (fresh.Length > 0 ? fresh[0].Offset > feed.Head + 1 : batch.Head > feed.Head)
        {
            Defer(feed, batch);
            _ = Task.Run(() => RepairAsync(feed));
        }
        else if (fresh.Length > 0)
        {
            PassOn(feed, fresh);
        }
    }

    /// <summary>Has a batch wait for a repair.</summary>
    private void Defer(ChannelFeed feed, ChannelBatch batch)
    {
        feed.Deferred ??= new DeferredBatches(Limits.StreamQueueBytes);
        if (!feed.Deferred.Add(batch))
        {
            metrics.StreamEventsDropped.Add(1);
        }
    }

    /// <summary>A channel's first message starts its feed; a batch of a newer epoch says that a log was lost.</summary>
    private void BeginEpoch(ChannelFeed feed, ChannelBatch batch)
    {
        var known = feed.Head >= 0;
        feed.Start(batch.Epoch, known ? 0 : batch is { Messages: [var first, ..] } ? first.Offset - 1 : batch.Head);
        feed.MayStartEarlier = !known && batch.Messages.Length == 0;
        if (known)
        {
            metrics.LogsLost.Add(1);
            TellGap(feed, 1);
        }
    }

    private void PassOn(ChannelFeed feed, Message[] messages)
    {
        feed.Append(messages);
        feed.LastUsed = time.GetSteadyNow();
        if (MessageTrace.IsOn)
        {
            FanoutTrace.PassedOn(feed, messages, _sentAt, _silo);
        }

        foreach (var topic in feed.Topics)
        {
            foreach (var link in topic.Links.Keys)
            {
                // A gateway that holds sessions of several matching topics gets one frame, at the first of them.
                if (feed.Topics.Count == 1 || ReferenceEquals(feed.Topics.First(other => other.Links.ContainsKey(link)), topic))
                {
                    SendTo(link, feed, messages);
                }
            }
        }
    }

    private void SendTo(GatewayLink link, ChannelFeed feed, Message[] messages)
    {
        if (link.IsFull && !link.Stalled)
        {
            link.Stalled = true;
            metrics.LinkOverflows.Add(1);
            Log.GatewayBehind(logger, link.GatewayId);
        }

        if (link.Stalled)
        {
            link.Behind.Add(feed);
            return;
        }

        var frame = link.Add(
            new LinkFrame
            {
                Kind = LinkFrameKind.Deliver,
                Tenant = feed.Channel.Tenant,
                Subscriptions = NamesFor(feed, link),
                Batches = [BatchOf(feed, messages)],
            },
            messages.Sum(static message => message.Size),
            quietly: _delivering);
        feed.NoteSent(link, frame, messages[^1].Offset);
    }

    private static string[] NamesFor(ChannelFeed feed, GatewayLink link) =>
        feed.Topics.Count == 1
            ? [feed.Topics[0].Id.Name]
            : [.. feed.Topics.Where(topic => topic.Links.ContainsKey(link)).Select(topic => topic.Id.Name)];

    private static ChannelBatch BatchOf(ChannelFeed feed, Message[] messages) =>
        new() { Channel = feed.Channel, Epoch = feed.Epoch, Messages = messages, Head = messages.Length > 0 ? messages[^1].Offset : feed.Head };

    /// <summary>Tells every session joined to the channel that what lies before an offset is gone.</summary>
    private void TellGap(ChannelFeed feed, long firstAfter)
    {
        metrics.GapsTold.Add(1);
        foreach (var link in feed.Topics.SelectMany(topic => topic.Links.Keys).Distinct())
        {
            link.Add(new LinkFrame
            {
                Kind = LinkFrameKind.Gap,
                Tenant = feed.Channel.Tenant,
                Subscriptions = NamesFor(feed, link),
                Gap = new ChannelCursor(feed.Channel.Name, firstAfter),
            });
        }
    }

    private ChannelFeed FeedOf(ChannelId channel)
    {
        if (_feeds.TryGetValue(channel, out var feed))
        {
            return feed;
        }

        feed = new ChannelFeed(channel, limits) { LastUsed = time.GetSteadyNow() };
        foreach (var topic in TopicsOf(channel))
        {
            feed.Topics.Add(topic);
            topic.Feeds.Add(feed);
        }

        return _feeds[channel] = feed;
    }

    private void RemoveFeed(ChannelFeed feed)
    {
        _feeds.Remove(feed.Channel);
        foreach (var link in feed.KnownTo)
        {
            link.Add(new LinkFrame { Kind = LinkFrameKind.Forget, Tenant = feed.Channel.Tenant, Heads = [new ChannelCursor(feed.Channel.Name, 0)] });
        }

        foreach (var topic in feed.Topics)
        {
            topic.Feeds.Remove(feed);
        }
    }

    /// <summary>The link to a gateway: a new one where that has given the present one up, whose other sessions stay with it until it is refused.</summary>
    private GatewayLink LinkOf(GatewayAddress gateway, long? lost = null)
    {
        if (_links.TryGetValue(gateway.Id, out var link) && !link.IsLost && link.Id != lost)
        {
            return link;
        }

        var observer = services.GetServices<ILocalGateway>().FirstOrDefault(local => local.Id == gateway.Id)?.Observer ?? gateway.Observer;
        link = new GatewayLink(_silo, gateway, observer, limits, time, logger, ResumeAsync, OnLinkLost);
        _links[gateway.Id] = link;
        _linked = [.. _links.Values];
        link.Start();
        return link;
    }

    private static partial class Log
    {
        [LoggerMessage(1111, LogLevel.Error, "A batch could not be passed on; its gap will be repaired from the log")]
        public static partial void DeliverFailed(ILogger logger, Exception exception);

        [LoggerMessage(1211, LogLevel.Warning, "Gateway {Gateway} takes deliveries too slowly; the rest waits in the logs")]
        public static partial void GatewayBehind(ILogger logger, string gateway);

        [LoggerMessage(1212, LogLevel.Error, "The log of a channel could not be read to repair a gap; trying again")]
        public static partial void RepairFailed(ILogger logger, Exception exception);

        [LoggerMessage(1213, LogLevel.Warning, "This silo could not unregister from {Topic}")]
        public static partial void UnregisterFailed(ILogger logger, string topic, Exception exception);
    }
}
