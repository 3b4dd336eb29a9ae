namespace Tidings.Grains.Logs;

/// <content>Points in a tenant's sequence, and the places in channels that they name.</content>
public abstract partial class MessageLogTests
{
    /// <summary>A point after everything logged by now, and before everything logged later.</summary>
    private protected virtual ValueTask<long> PointAsync(IMessageLog log) => log.SequenceAsync(News.Tenant);

    [Fact]
    public async Task The_sequence_is_zero_before_the_first_message_and_grows_with_every_append()
    {
        var log = Create();
        var claim = await log.ClaimAsync(News);
        Assert.Equal(0, await log.SequenceAsync(News.Tenant));
        var points = new List<long> { 0 };
        for (var i = 0; i < 5; i++)
        {
            claim = await AppendAsync(log, claim, 2);
            points.Add(await log.SequenceAsync(News.Tenant));
        }

        Assert.All(points.Zip(points.Skip(1)), static pair => Assert.True(pair.First < pair.Second, $"{pair.First} is not before {pair.Second}"));
        Assert.Equal(points[^1], (await log.ReadChangedAsync(News.Tenant, 0, 10)).Sequence);
        Assert.Equal(0, await log.SequenceAsync("nobody"));
    }

    [Fact]
    public async Task A_point_names_the_last_message_logged_by_then()
    {
        var log = Create();
        var claim = await log.ClaimAsync(News);
        var points = new List<(long Sequence, long Offset)>();
        foreach (var count in new[] { 3, 2, 1 })
        {
            claim = await AppendAsync(log, claim, count);
            points.Add((await PointAsync(log), claim.Head.Offset));
            await AppendOneAsync(log, "/other", "m");
            points.Add((await PointAsync(log), claim.Head.Offset));
        }

        foreach (var (sequence, offset) in points)
            Assert.Equal(new LogPlace(claim.Head, offset), await log.FindAsync(News, sequence));

        Assert.Equal(new LogPlace(claim.Head, 6), await log.FindAsync(News, long.MaxValue));
        Assert.Equal(new LogPlace(claim.Head, 0), await log.FindAsync(News, points[0].Sequence - 1));
        Assert.Equal(new LogPlace(claim.Head, 0), await log.FindAsync(News, 0));
    }

    [Fact]
    public async Task A_point_before_everything_retained_names_the_offset_before_that()
    {
        var log = Create(new TidingsLimits { LogMessages = 2 });
        var claim = await log.ClaimAsync(News);
        claim = await AppendAsync(log, claim, 1);
        var first = await log.SequenceAsync(News.Tenant);
        for (var i = 0; i < 4; i++)
            claim = await AppendAsync(log, claim, 1);

        Assert.Equal(new LogPlace(claim.Head, 3), await log.FindAsync(News, 0));
        Assert.Equal(new LogPlace(claim.Head, 3), await log.FindAsync(News, first));
    }

    [Fact]
    public async Task In_an_emptied_channel_a_point_names_its_head()
    {
        var log = Create(new TidingsLimits { LogAge = TimeSpan.FromMinutes(1) });
        var claim = await AppendAsync(log, await log.ClaimAsync(News), 3);
        Time.Advance(TimeSpan.FromMinutes(2));
        await log.TrimAsync();

        Assert.Equal(new LogPlace(claim.Head, 3), await log.FindAsync(News, 0));
        Assert.Equal(new LogPlace(claim.Head, 3), await log.FindAsync(News, long.MaxValue));
    }

    [Fact]
    public async Task An_unknown_channel_has_no_place()
    {
        var log = Create();
        await AppendOneAsync(log, "/other", "m");
        Assert.Equal(default, (await log.FindAsync(News, 0)).Head);
        Assert.Equal(0, (await log.FindAsync(News, long.MaxValue)).Offset);
    }
}
