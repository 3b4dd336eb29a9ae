using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Tidings.Grains.Streams;

namespace Tidings.Grains.Channels;

/// <summary>
/// Repeats a channel's head to the silos that want it, shortly after its last publish: a last event that was lost has no
/// successor whose offset would show the gap.
/// </summary>
internal sealed class HeadAnnouncer(SiloSender sender, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<ChannelId, Announcement> _recent = new();

    public void Published(ChannelId channel, string[] silos, ChannelHead head) =>
        _recent[channel] = new Announcement(silos, head, time.GetTimestamp());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Quiet, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (channel, last) in _recent)
            {
                if (time.GetElapsedTime(last.PublishedAt) >= Quiet && _recent.TryRemove(KeyValuePair.Create(channel, last)))
                {
                    sender.Send(last.Silos, new ChannelBatch { Channel = channel, Epoch = last.Head.Epoch, Messages = [], Head = last.Head.Offset });
                }
            }
        }
    }

    private sealed record Announcement(string[] Silos, ChannelHead Head, long PublishedAt);
}
