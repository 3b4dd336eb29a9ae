using System.Text;
using Tidings.Grains.Cluster;

namespace Tidings.Grains.Channels;

/// <summary>A publisher that repeats what it is not sure of, one call at a time, and remembers where it was told that its messages are.</summary>
internal sealed class ModelPublisher(TestChannel channel, string name)
{
    private const int MostAttempts = 20;
    private readonly List<PublishItem> _published = [];

    /// <summary>Every answer: what was published, and the offset told.</summary>
    public List<(string Body, long Offset)> Told { get; } = [];

    /// <summary>What it published, in order.</summary>
    public IEnumerable<string> Bodies => _published.Select(static item => Encoding.UTF8.GetString(item.Body));

    /// <summary>Publishes new messages with one call, after the last ones of before.</summary>
    public async Task PublishAsync(int fresh, int again)
    {
        PublishItem[] items = [.. _published.TakeLast(again), .. Enumerable.Range(_published.Count, fresh).Select(Item)];
        _published.AddRange(items.TakeLast(fresh));
        for (var attempt = 0; items.Length > 0; attempt++)
        {
            Assert.True(attempt < MostAttempts, "The channel did not recover.");
            if (await TryAsync(items))
            {
                return;
            }
        }
    }

    private PublishItem Item(int number) => new() { Body = Encoding.UTF8.GetBytes($"{name}{number}"), Key = PublishKey.Fresh() };

    private async Task<bool> TryAsync(PublishItem[] items)
    {
        var result = await channel.Grain.Publish(items);
        if (result.Status != PublishStatus.Stored)
        {
            return false;
        }

        Told.AddRange(items.Select((item, i) => (Encoding.UTF8.GetString(item.Body), result.At(i).FirstOffset)));
        return true;
    }
}
