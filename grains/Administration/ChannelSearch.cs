using Tidings.Grains.Logs;

namespace Tidings.Grains.Administration;

/// <summary>Finds channels by the tenant's index of changed ones, and reads from their logs how they are. Publishing costs nothing more for it.</summary>
internal sealed class ChannelSearch(IMessageLog log, TimeProvider time)
{
    /// <summary>The most channels of a tenant that one query looks through.</summary>
    private const int MostScanned = 100_000;
    private const int ScannedAtOnce = 5000;
    private const int ReadAtOnce = 16;
    private static readonly TimeSpan RateSpan = TimeSpan.FromMinutes(1);

    /// <summary>The first names that a query looks for, and whether there were more channels than are looked through.</summary>
    public async Task<(string[] Names, bool IsCut)> NamesAsync(ChannelQuery query)
    {
        var found = new List<string>();
        var (after, scanned, isLast) = (0L, 0, false);
        while (!isLast && scanned < MostScanned)
        {
            var changed = await log.ReadChangedAsync(query.Tenant, after, ScannedAtOnce);
            found.AddRange(changed.Channels.Where(query.Matches));
            (after, isLast) = (changed.Sequence, changed.Channels.Count < ScannedAtOnce);
            scanned += changed.Channels.Count;
        }

        return ([.. found.Distinct().Order(StringComparer.Ordinal).Take(query.Limit)], !isLast);
    }

    public async Task<ChannelView[]> ViewsAsync(string tenant, string[] names, Func<string, long> subscribers)
    {
        var views = new ChannelView[names.Length];
        await Parallel.ForAsync(0, names.Length, new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce }, async (index, _) =>
            views[index] = await ViewAsync(new ChannelId(tenant, names[index]), subscribers(names[index])));
        return views;
    }

    public async Task<ChannelView> ViewAsync(ChannelId channel, long subscribers)
    {
        var read = await log.ReadAsync(channel, 0, 0);
        return new ChannelView(channel.Name, read.Head, read.First, await log.BytesAsync(channel), subscribers, await RateAsync(channel));
    }

    /// <summary>Messages per second over the last minute; where the log keeps less than that, over what it keeps.</summary>
    private async Task<double> RateAsync(ChannelId channel)
    {
        var now = time.GetUtcNow();
        var (head, before) = await log.FindAsync(channel, LogSequence.At(now - RateSpan));
        var count = head.Offset - before;
        if (count <= 0)
        {
            return 0;
        }

        var oldest = await log.ReadAsync(channel, before, 1);
        var isWhole = oldest.First <= before || before == 0;
        var span = isWhole || oldest.Messages is not [var first, ..] ? RateSpan : now - DateTimeOffset.FromUnixTimeMilliseconds(first.Time);
        return Math.Round(count / Math.Max(1, span.TotalSeconds), 2);
    }
}
