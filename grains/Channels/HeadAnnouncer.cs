using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Channels;

/// <summary>
/// Repeats a channel's head to the silos that want it, some times after its last publish: a last event that was lost has no
/// successor whose offset would show the gap, and what lost it may lose the first repetition too.
/// </summary>
internal sealed class HeadAnnouncer(SiloSender sender, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan[] Rounds = [Period, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(15)];
    private readonly ConcurrentDictionary<ChannelId, Announcement> _recent = new();

    public void Published(ChannelId channel, string[] silos, ChannelHead head) =>
        _recent[channel] = new Announcement(silos, head, time.GetTimestamp(), 0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Period, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (channel, last) in _recent)
            {
                if (time.GetElapsedTime(last.PublishedAt) >= Rounds[last.Round] && Advance(channel, last))
                {
                    sender.Send(last.Silos, new ChannelBatch { Channel = channel, Epoch = last.Head.Epoch, Messages = [], Head = last.Head.Offset });
                }
            }
        }
    }

    /// <summary>Goes on to the next round. False when something was published meanwhile.</summary>
    private bool Advance(ChannelId channel, Announcement last) => last.Round + 1 < Rounds.Length
        ? _recent.TryUpdate(channel, last with { Round = last.Round + 1 }, last)
        : _recent.TryRemove(KeyValuePair.Create(channel, last));

    private sealed record Announcement(string[] Silos, ChannelHead Head, long PublishedAt, int Round);
}
