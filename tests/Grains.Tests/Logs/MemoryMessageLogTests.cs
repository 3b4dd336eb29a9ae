using Microsoft.Extensions.Options;

namespace Tidings.Grains.Logs;

public sealed class MemoryMessageLogTests : MessageLogTests
{
    private protected override IMessageLog Create(TidingsLimits limits) => new MemoryMessageLog(Options.Create(limits), Time);

    /// <summary>In memory, a point is as exact as the messages' times.</summary>
    private protected override ValueTask<long> PointAsync(IMessageLog log)
    {
        Time.Advance(TimeSpan.FromMilliseconds(1));
        return new(LogSequence.At(Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_log_of_a_later_process_has_another_epoch()
    {
        var earlier = await Create().ClaimAsync(News);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True((await Create().ClaimAsync(News)).Head.Epoch > earlier.Head.Epoch);
    }

    [Fact]
    public async Task The_newest_messages_stay_when_the_bytes_are_exceeded()
    {
        var log = Create(new TidingsLimits { LogBytes = 2500 });
        var claim = await log.ClaimAsync(News);
        foreach (var size in (int[])[1000, 1000, 1000, 500, 1200])
            claim = (await log.AppendAsync(claim, [Sized(claim.Head.Offset + 1, size)]))!;

        Assert.Equal([4, 5], (await log.ReadAsync(News, 0, 10)).Offsets());
    }

    [Fact]
    public async Task A_message_larger_than_the_log_stays_until_the_next()
    {
        var log = Create(new TidingsLimits { LogBytes = 1024 });
        var claim = await log.ClaimAsync(News);
        claim = (await log.AppendAsync(claim, [Sized(1, 10), Sized(2, 5000)]))!;
        Assert.Equal([2], (await log.ReadAsync(News, 0, 10)).Offsets());
        await log.AppendAsync(claim, [Sized(3, 10)]);
        Assert.Equal([3], (await log.ReadAsync(News, 0, 10)).Offsets());
    }

    [Fact]
    public async Task The_quietest_channels_lose_their_messages_when_all_logs_together_are_too_large()
    {
        var log = Create(new TidingsLimits { LogTotalBytes = 10_000 });
        for (var i = 1; i <= 15; i++)
        {
            var channel = new ChannelId("t", $"/c{i}");
            await log.AppendAsync(await log.ClaimAsync(channel), [Sized(1, 1000)]);
        }

        var quiet = await log.ReadAsync(new ChannelId("t", "/c1"), 0, 10);
        Assert.Empty(quiet.Messages);
        Assert.Equal((1, 2), (quiet.Head.Offset, quiet.First));
        Assert.Equal([1], (await log.ReadAsync(new ChannelId("t", "/c15"), 0, 10)).Offsets());
    }

    [Fact]
    public async Task Messages_without_payload_count_in_all_logs_together_too()
    {
        var log = Create(new TidingsLimits { LogTotalBytes = 10_000 });
        var quiet = await log.ClaimAsync(News);
        await log.AppendAsync(quiet, [.. Enumerable.Range(1, 30).Select(offset => Sized(offset, 0))]);
        Assert.Equal(30, (await log.ReadAsync(News, 0, 100)).Messages.Length);

        var other = await log.ClaimAsync(News with { Name = "/other" });
        await log.AppendAsync(other, [.. Enumerable.Range(1, 30).Select(offset => Sized(offset, 0))]);
        Assert.Empty((await log.ReadAsync(News, 0, 100)).Messages);
        Assert.Equal(30, (await log.ReadAsync(other.Channel, 0, 100)).Messages.Length);
    }

    private Message Sized(long offset, int size) => Messages.Of(offset, Time.Milliseconds, new PublishItem { Body = new byte[size] });
}
