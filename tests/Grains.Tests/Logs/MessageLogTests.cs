namespace Tidings.Grains.Logs;

/// <summary>What every message log must do, whatever it is made of.</summary>
public abstract partial class MessageLogTests
{
    private protected ManualTime Time { get; } = new();

    private protected static ChannelId News { get; } = new(ChannelId.DefaultTenant, "/news");

    /// <summary>An empty log with these limits.</summary>
    private protected abstract IMessageLog Create(TidingsLimits limits);

    private protected IMessageLog Create() => Create(new TidingsLimits());

    [Fact]
    public async Task A_first_claim_starts_an_epoch_at_offset_zero()
    {
        var claim = await Create().ClaimAsync(News);
        Assert.Equal(News, claim.Channel);
        Assert.True(claim.Head.Epoch > 0);
        Assert.Equal(0, claim.Head.Offset);
        Assert.Empty(claim.Silos);
    }

    [Fact]
    public async Task Each_claim_has_a_larger_token_and_sees_the_head()
    {
        var log = Create();
        var first = await log.ClaimAsync(News);
        var appended = await AppendAsync(log, first, 3);
        var second = await log.ClaimAsync(News);
        Assert.True(second.Writer > first.Writer);
        Assert.Equal(appended.Head, second.Head);
        Assert.Equal(3, second.Head.Offset);
    }

    [Fact]
    public async Task Appends_have_consecutive_offsets_from_one()
    {
        var log = Create();
        var claim = await AppendAsync(log, await log.ClaimAsync(News), 2);
        claim = await AppendAsync(log, claim, 1);
        claim = await AppendAsync(log, claim, 3);
        var read = await log.ReadAsync(News, 0, 100);
        Assert.Equal([1, 2, 3, 4, 5, 6], read.Offsets());
        Assert.Equal(claim.Head, read.Head);
        Assert.Equal(1, read.First);
    }

    [Fact]
    public async Task A_fenced_writer_gets_null_and_stores_nothing()
    {
        var log = Create();
        var stale = await AppendAsync(log, await log.ClaimAsync(News), 1);
        var fresh = await log.ClaimAsync(News);
        Assert.Null(await log.AppendAsync(stale, Messages.After(stale, Time.Milliseconds, 2, "stale")));
        await AppendAsync(log, fresh, 1);
        Assert.Null(await log.AppendAsync(stale, Messages.After(stale, Time.Milliseconds, 2, "stale")));
        Assert.Equal(["m1", "m2"], (await log.ReadAsync(News, 0, 10)).Messages.Select(Messages.Body));
    }

    [Fact]
    public async Task A_stale_batch_that_overlaps_the_head_is_refused_whole()
    {
        var log = Create();
        var stale = await AppendAsync(log, await log.ClaimAsync(News), 10);
        await AppendAsync(log, await log.ClaimAsync(News), 1);
        Assert.Null(await log.AppendAsync(stale, Messages.After(stale, Time.Milliseconds, 3, "stale")));
        Assert.Equal(11, (await log.ReadAsync(News, 0, 100)).Head.Offset);
    }

    [Fact]
    public async Task A_claim_used_twice_stores_once()
    {
        var log = Create();
        var claim = await log.ClaimAsync(News);
        Assert.NotNull(await log.AppendAsync(claim, Messages.After(claim, Time.Milliseconds, 1, "first")));
        Assert.Null(await log.AppendAsync(claim, Messages.After(claim, Time.Milliseconds, 1, "second")));
        Assert.Equal(["first1"], (await log.ReadAsync(News, 0, 10)).Messages.Select(Messages.Body));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Messages_that_do_not_follow_the_head_are_a_mistake(long offset)
    {
        var log = Create();
        var claim = await log.ClaimAsync(News);
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync(claim, [Messages.Of(offset, Time.Milliseconds, "m")]).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(
            () => log.AppendAsync(claim, [Messages.Of(1, 0, "m"), Messages.Of(3, 0, "m")]).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => log.AppendAsync(claim, []).AsTask());
    }

    [Fact]
    public async Task An_unknown_channel_reads_as_empty_with_epoch_zero()
    {
        var read = await Create().ReadAsync(News, 0, 10);
        Assert.Equal(new ChannelHead(0, 0), read.Head);
        Assert.Equal(1, read.First);
        Assert.Empty(read.Messages);
    }

    [Theory]
    [InlineData(-5, 10, new long[] { 6, 7, 8, 9, 10 })]
    [InlineData(0, 10, new long[] { 6, 7, 8, 9, 10 })]
    [InlineData(4, 10, new long[] { 6, 7, 8, 9, 10 })]
    [InlineData(5, 10, new long[] { 6, 7, 8, 9, 10 })]
    [InlineData(6, 10, new long[] { 7, 8, 9, 10 })]
    [InlineData(6, 2, new long[] { 7, 8 })]
    [InlineData(0, 1, new long[] { 6 })]
    [InlineData(0, 0, new long[] { })]
    [InlineData(9, 10, new long[] { 10 })]
    [InlineData(10, 10, new long[] { })]
    [InlineData(11, 10, new long[] { })]
    [InlineData(long.MaxValue, 10, new long[] { })]
    public async Task Reads_are_right_at_every_edge(long after, int limit, long[] expected)
    {
        var log = Create(new TidingsLimits { LogMessages = 5 });
        await AppendAsync(log, await log.ClaimAsync(News), 10);
        var read = await log.ReadAsync(News, after, limit);
        Assert.Equal(expected, read.Offsets());
        Assert.Equal(6, read.First);
        Assert.Equal(10, read.Head.Offset);
    }

    [Fact]
    public async Task The_newest_messages_stay_when_the_count_is_exceeded()
    {
        var log = Create(new TidingsLimits { LogMessages = 7 });
        var claim = await log.ClaimAsync(News);
        for (var i = 0; i < 25; i++)
        {
            claim = await AppendAsync(log, claim, 1 + (i % 3));
            var read = await log.ReadAsync(News, 0, 100);
            Assert.Equal(Math.Min(7, claim.Head.Offset), read.Messages.Length);
            Assert.Equal(claim.Head.Offset, read.Messages[^1].Offset);
            Assert.Equal(read.Messages[0].Offset, read.First);
        }
    }

    [Fact]
    public async Task A_batch_larger_than_the_log_leaves_its_end()
    {
        var log = Create(new TidingsLimits { LogMessages = 3 });
        await AppendAsync(log, await log.ClaimAsync(News), 20);
        Assert.Equal([18, 19, 20], (await log.ReadAsync(News, 0, 100)).Offsets());
    }

    [Fact]
    public async Task An_append_drops_what_is_too_old()
    {
        var log = Create(new TidingsLimits { LogAge = TimeSpan.FromMinutes(1) });
        var claim = await AppendAsync(log, await log.ClaimAsync(News), 5);
        Time.Advance(TimeSpan.FromSeconds(40));
        claim = await AppendAsync(log, claim, 2);
        Time.Advance(TimeSpan.FromSeconds(21));
        await AppendAsync(log, claim, 1);
        Assert.Equal([6, 7, 8], (await log.ReadAsync(News, 0, 100)).Offsets());
    }

    [Fact]
    public async Task Trimming_empties_idle_channels_but_keeps_heads_and_epochs()
    {
        var log = Create(new TidingsLimits { LogAge = TimeSpan.FromMinutes(1), LogMessages = 5000 });
        var old = await AppendAsync(log, await log.ClaimAsync(News), 1500);
        Time.Advance(TimeSpan.FromSeconds(40));
        var young = new ChannelId(ChannelId.DefaultTenant, "/young");
        await AppendAsync(log, await log.ClaimAsync(young), 2);
        Time.Advance(TimeSpan.FromSeconds(21));
        await log.TrimAsync();

        var read = await log.ReadAsync(News, 0, 10);
        Assert.Empty(read.Messages);
        Assert.Equal(old.Head, read.Head);
        Assert.Equal(1501, read.First);
        Assert.Equal(2, (await log.ReadAsync(young, 0, 10)).Messages.Length);

        var claim = await log.ClaimAsync(News);
        Assert.Equal(old.Head, claim.Head);
        await AppendAsync(log, claim, 1);
        Assert.Equal([1501], (await log.ReadAsync(News, 0, 10)).Offsets());
    }

    [Fact]
    public async Task A_channel_unused_for_long_is_forgotten_and_comes_back_with_a_larger_epoch()
    {
        var log = Create();
        var old = await AppendAsync(log, await log.ClaimAsync(News), 3);
        Time.Advance(new TidingsLimits().LogHeadAge);
        await log.TrimAsync();
        Assert.Equal(old.Head, (await log.ReadAsync(News, 0, 10)).Head);

        Time.Advance(TimeSpan.FromMilliseconds(1));
        await log.TrimAsync();
        Assert.Equal(default, (await log.ReadAsync(News, 0, 10)).Head);
        Assert.Empty((await log.ReadChangedAsync(News.Tenant, 0, 10)).Channels);
        Assert.Null(await log.AppendAsync(old, Messages.After(old, Time.Milliseconds, 1, "stale")));

        var claim = await log.ClaimAsync(News);
        Assert.True(claim.Head.Epoch > old.Head.Epoch);
        Assert.Equal(0, claim.Head.Offset);
        Assert.Null(await log.AppendAsync(old, Messages.After(old, Time.Milliseconds, 1, "stale")));
        await AppendAsync(log, claim, 1);
        Assert.Equal(["m1"], (await log.ReadAsync(News, 0, 10)).Messages.Select(Messages.Body));
        Assert.Equal([News.Name], (await log.ReadChangedAsync(News.Tenant, 0, 10)).Channels);
    }

    [Fact]
    public async Task A_channel_claimed_but_never_written_is_forgotten_too()
    {
        var log = Create();
        var first = await log.ClaimAsync(News);
        Time.Advance(TimeSpan.FromDays(8));
        await log.TrimAsync();
        Assert.Equal(default, (await log.ReadAsync(News, 0, 10)).Head);
        Assert.True((await log.ClaimAsync(News)).Head.Epoch > first.Head.Epoch);
    }

    [Fact]
    public async Task A_channel_in_use_is_not_forgotten()
    {
        var log = Create(new TidingsLimits { LogAge = TimeSpan.FromDays(30) });
        var (kept, wanted, claimed) = (News, new ChannelId(News.Tenant, "/wanted"), new ChannelId(News.Tenant, "/claimed"));
        await AppendAsync(log, await log.ClaimAsync(kept), 1);
        await log.ClaimAsync(wanted);
        await log.SetInterestAsync(wanted, "silo-a", true);
        await log.ClaimAsync(claimed);
        Time.Advance(TimeSpan.FromDays(6));
        await log.ClaimAsync(claimed);
        Time.Advance(TimeSpan.FromDays(6));
        await log.TrimAsync();

        Assert.Equal([1], (await log.ReadAsync(kept, 0, 10)).Offsets());
        Assert.Equal(["silo-a"], (await log.ClaimAsync(wanted)).Silos);
        Assert.NotEqual(default, (await log.ReadAsync(wanted, 0, 10)).Head);
        Assert.NotEqual(default, (await log.ReadAsync(claimed, 0, 10)).Head);
    }

    [Fact]
    public async Task A_channel_is_forgotten_once_no_silo_wants_it()
    {
        var log = Create();
        await log.ClaimAsync(News);
        await log.SetInterestAsync(News, "silo-a", true);
        Time.Advance(TimeSpan.FromDays(8));
        await log.TrimAsync();
        await log.SetInterestAsync(News, "silo-a", false);
        Time.Advance(TimeSpan.FromDays(8));
        await log.TrimAsync();
        Assert.Equal(default, (await log.ReadAsync(News, 0, 10)).Head);
    }

    [Fact]
    public async Task A_tenant_has_so_many_channels_and_no_more()
    {
        var log = Create(new TidingsLimits { ChannelsPerTenant = 2 });
        var (second, third) = (News with { Name = "/second" }, News with { Name = "/third" });
        var claim = await log.ClaimAsync(News);
        await log.ClaimAsync(second);

        await Assert.ThrowsAsync<TooManyChannelsException>(() => log.ClaimAsync(third).AsTask());
        await Assert.ThrowsAsync<TooManyChannelsException>(() => log.ClaimAsync(third).AsTask());
        Assert.Equal(default, (await log.ReadAsync(third, 0, 10)).Head);
        await log.ClaimAsync(third with { Tenant = "another" });
        await AppendAsync(log, claim, 1);
        await log.ClaimAsync(second);
    }

    [Fact]
    public async Task A_channel_that_was_forgotten_makes_room_for_another()
    {
        var log = Create(new TidingsLimits { ChannelsPerTenant = 1 });
        await log.ClaimAsync(News);
        Time.Advance(TimeSpan.FromDays(8));
        await log.TrimAsync();

        var other = News with { Name = "/other" };
        await log.ClaimAsync(other);
        await Assert.ThrowsAsync<TooManyChannelsException>(() => log.ClaimAsync(News).AsTask());
        await log.ClaimAsync(other);
    }

    [Fact]
    public async Task Trimming_keeps_the_young_end_of_a_channel()
    {
        var log = Create(new TidingsLimits { LogAge = TimeSpan.FromMinutes(1) });
        var claim = await AppendAsync(log, await log.ClaimAsync(News), 30);
        Time.Advance(TimeSpan.FromSeconds(59));
        await AppendAsync(log, claim, 2);
        Time.Advance(TimeSpan.FromSeconds(2));
        await log.TrimAsync();
        await log.TrimAsync();
        Assert.Equal([31, 32], (await log.ReadAsync(News, 0, 100)).Offsets());
    }

    [Fact]
    public async Task Interest_of_silos_is_read_with_the_claim()
    {
        var log = Create();
        await log.SetInterestAsync(News, "silo-a", true);
        await log.SetInterestAsync(News, "silo-b", true);
        await log.SetInterestAsync(News, "silo-b", true);
        Assert.Equal(["silo-a", "silo-b"], (await log.ClaimAsync(News)).Silos.Order());
        await log.SetInterestAsync(News, "silo-a", false);
        await log.SetInterestAsync(News, "silo-c", false);
        Assert.Equal(["silo-b"], (await log.ClaimAsync(News)).Silos);
        Assert.Empty((await log.ClaimAsync(new ChannelId("other", News.Name))).Silos);
    }

    [Fact]
    public async Task Changed_channels_come_in_order_of_their_last_change()
    {
        var log = Create();
        await AppendEachAsync(log, "/a", "/b", "/c", "/a");
        var all = await log.ReadChangedAsync(ChannelId.DefaultTenant, 0, 10);
        Assert.Equal(["/b", "/c", "/a"], all.Channels);
        Assert.Empty((await log.ReadChangedAsync(ChannelId.DefaultTenant, all.Sequence, 10)).Channels);
    }

    [Fact]
    public async Task Changes_after_a_point_include_channels_created_since()
    {
        var log = Create();
        await AppendEachAsync(log, "/a", "/b");
        var before = await log.ReadChangedAsync(ChannelId.DefaultTenant, 0, 10);
        await AppendEachAsync(log, "/new", "/a");
        var since = await log.ReadChangedAsync(ChannelId.DefaultTenant, before.Sequence, 10);
        Assert.Equal(["/new", "/a"], since.Channels);
        Assert.True(since.Sequence > before.Sequence);
    }

    [Fact]
    public async Task Changed_channels_are_read_in_pages()
    {
        var log = Create();
        await AppendEachAsync(log, "/a", "/b", "/c", "/d", "/e");
        var pages = new List<string>();
        var at = 0L;
        for (var count = -1; count != 0;)
        {
            var page = await log.ReadChangedAsync(ChannelId.DefaultTenant, at, 2);
            (at, count) = (page.Sequence, page.Channels.Count);
            pages.Add(string.Concat(page.Channels));
        }

        Assert.Equal(["/a/b", "/c/d", "/e", ""], pages);
    }

    [Fact]
    public async Task A_point_never_reached_names_every_channel()
    {
        var log = Create();
        await AppendEachAsync(log, "/a", "/b");
        var now = await log.ReadChangedAsync(ChannelId.DefaultTenant, 0, 10);
        var read = await log.ReadChangedAsync(ChannelId.DefaultTenant, now.Sequence + 3_600_000_000, 10);
        Assert.Equal(["/a", "/b"], read.Channels);
        Assert.Equal(now.Sequence, read.Sequence);
    }

    [Fact]
    public async Task An_unknown_tenant_has_no_changes()
    {
        var read = await Create().ReadChangedAsync("nobody", 0, 10);
        Assert.Equal(0, read.Sequence);
        Assert.Empty(read.Channels);
    }

    [Fact]
    public async Task A_message_comes_back_as_it_was_published()
    {
        var log = Create(new TidingsLimits { LogAge = TimeSpan.FromDays(10_000) });
        var claim = await log.ClaimAsync(News);
        var item = new PublishItem
        {
            Body = [.. Enumerable.Range(0, 256).Select(i => (byte)i), 0, 13, 10, 0xC3, 0x28],
            MediaType = "application/octet-stream; x=\"y\"",
            Publisher = "session-ü",
            Ext = "{\"a\":[1,2]}"u8.ToArray(),
            Extras = "\"b\":\"\\u0000\""u8.ToArray(),
        };
        var bare = new PublishItem { Body = [] };
        await log.AppendAsync(claim, [Messages.Of(1, 1_700_000_000_123, item), Messages.Of(2, Time.Milliseconds, bare)]);
        var messages = (await log.ReadAsync(News, 0, 10)).Messages;
        Assert.Equal(item.MediaType, messages[0].Item.MediaType);
        Assert.Equal(item.Publisher, messages[0].Item.Publisher);
        Assert.Equal(item.Body, messages[0].Item.Body);
        Assert.Equal(item.Ext, messages[0].Item.Ext);
        Assert.Equal(item.Extras, messages[0].Item.Extras);
        Assert.Equal(1_700_000_000_123, messages[0].Time);
        Assert.Empty(messages[1].Item.Body);
        Assert.Null(messages[1].Item.MediaType);
        Assert.Null(messages[1].Item.Publisher);
        Assert.Null(messages[1].Item.Ext);
        Assert.Null(messages[1].Item.Extras);
    }

    [Fact]
    public async Task Big_messages_come_back_whole()
    {
        var log = Create();
        var claim = await log.ClaimAsync(News);
        var body = new byte[8 * 1024 * 1024];
        new Random(7).NextBytes(body);
        claim = await log.AppendAsync(claim, [Messages.Of(1, Time.Milliseconds, new PublishItem { Body = body })]);
        await AppendAsync(log, claim!, 1);
        var big = Assert.Single((await log.ReadAsync(News, 0, 10)).Messages);
        Assert.True(body.AsSpan().SequenceEqual(big.Item.Body));
        Assert.Equal("m2", Assert.Single((await log.ReadAsync(News, 1, 10)).Messages).Body());
    }

    [Fact]
    public async Task A_read_ends_after_its_bytes_but_never_empty()
    {
        var log = Create(new TidingsLimits { ReadBytes = 2500 });
        var claim = await log.ClaimAsync(News);
        var messages = Enumerable.Range(1, 100).Select(i => Messages.Of(i, Time.Milliseconds, new PublishItem { Body = new byte[1000] }));
        await log.AppendAsync(claim, [.. messages]);
        var read = await log.ReadAsync(News, 40, 100);
        Assert.Equal([41, 42, 43], read.Offsets());
        Assert.Equal(100, read.Head.Offset);
    }

    [Fact]
    public async Task Tenants_do_not_see_each_other()
    {
        var log = Create();
        var (here, there) = (new ChannelId("here", "/same"), new ChannelId("there", "/same"));
        await AppendAsync(log, await log.ClaimAsync(here), 3);
        Assert.Equal(0, (await log.ClaimAsync(there)).Head.Offset);
        Assert.Empty((await log.ReadAsync(there, 0, 10)).Messages);
        Assert.Empty((await log.ReadChangedAsync("there", 0, 10)).Channels);
        Assert.Equal(["/same"], (await log.ReadChangedAsync("here", 0, 10)).Channels);
    }

    [Fact]
    public async Task Channels_with_every_legal_character_stay_apart()
    {
        var log = Create();
        var names = " !#$()+-.@_{}~aZ09".Select(c => $"/x{c}/y{c}").Append("/{}").Append("/{a}:head:/b").Append("/a:log:/b").ToArray();
        foreach (var name in names)
            await AppendOneAsync(log, name, name);

        foreach (var name in names)
            Assert.Equal([name], (await log.ReadAsync(new(ChannelId.DefaultTenant, name), 0, 10)).Messages.Select(Messages.Body));
        Assert.Equal(names, (await log.ReadChangedAsync(ChannelId.DefaultTenant, 0, 100)).Channels);
    }

    [Fact]
    public async Task Two_writers_racing_for_a_channel_never_fork_it()
    {
        var log = Create();
        for (var round = 0; round < 20; round++)
        {
            var channel = new ChannelId(ChannelId.DefaultTenant, $"/race/{round}");
            var stored = await Task.WhenAll(
                Task.Run(() => RaceAsync(log, channel, 0, round)), Task.Run(() => RaceAsync(log, channel, 1, round)));
            var expected = stored.SelectMany(messages => messages).OrderBy(message => message.Offset).ToArray();
            var read = await log.ReadAsync(channel, 0, 10_000);
            Assert.Equal(Enumerable.Range(1, expected.Length).Select(i => (long)i), read.Offsets());
            Assert.Equal(expected.Select(Messages.Body), read.Messages.Select(Messages.Body));
        }
    }

    [Fact]
    public async Task The_store_answers()
    {
        Assert.True(await Create().IsHealthyAsync());
    }

    [Fact]
    public void Any_sequence_of_operations_gives_what_a_plain_list_gives() =>
        MessageLogModel.Check(limits => (Create(limits), Time));

    private protected async Task<LogClaim> AppendAsync(IMessageLog log, LogClaim claim, int count)
    {
        var appended = await log.AppendAsync(claim, Messages.After(claim, Time.Milliseconds, count));
        Assert.NotNull(appended);
        Assert.Equal(claim.Head.Offset + count, appended.Head.Offset);
        return appended;
    }

    private async Task AppendEachAsync(IMessageLog log, params string[] names)
    {
        foreach (var name in names)
            await AppendOneAsync(log, name, "m");
    }

    private async Task AppendOneAsync(IMessageLog log, string name, string body)
    {
        var claim = await log.ClaimAsync(new(ChannelId.DefaultTenant, name));
        Assert.NotNull(await log.AppendAsync(claim, [Messages.Of(claim.Head.Offset + 1, Time.Milliseconds, body)]));
    }

    // A writer that claims again whenever it is fenced, and now and then without need, and notes what it was told is stored.
    private async Task<List<Message>> RaceAsync(IMessageLog log, ChannelId channel, int writer, int seed)
    {
        var random = new Random((seed * 2) + writer);
        var stored = new List<Message>();
        LogClaim? claim = null;
        for (var i = 0; i < 40; i++)
        {
            if (claim is null || random.Next(5) == 0)
                claim = await log.ClaimAsync(channel);

            var messages = Messages.After(claim, Time.Milliseconds, random.Next(1, 4), $"{writer}-{i}-");
            claim = await log.AppendAsync(claim, messages);
            if (claim is not null)
                stored.AddRange(messages);
        }

        return stored;
    }
}
