namespace Tidings.Grains.Sessions;

/// <summary>What every durable session store must do, whatever it is made of.</summary>
public abstract class SessionStoreTests
{
    private protected const string Key = "default/session";
    private protected static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private protected static readonly TimeSpan Due = TimeSpan.FromMinutes(1);

    private protected abstract ISessionStore Create();

    [Fact]
    public async Task A_session_never_written_cannot_be_claimed() => Assert.Null(await Create().ClaimAsync(Key));

    [Fact]
    public async Task A_claim_gives_the_record_as_it_was_written_last()
    {
        var store = Create();
        await store.WriteAsync(Key, 1, Record("/first"), Life, Due);
        await store.WriteAsync(Key, 1, Record("/second"), Life, Due);
        await store.WriteAsync("default/other", 1, Record("/other"), Life, Due);

        var (owner, record) = (await store.ClaimAsync(Key))!.Value;

        Assert.Equal(2, owner);
        Assert.True(IsOf(record, "/second"));
        Assert.Equal("bayeux", record.Description.Protocol);
        Assert.Equal(TimeSpan.FromSeconds(50), record.Description.Lifetime);
        Assert.True(record.Description.Acknowledges);
        Assert.Equal([1, 2, 3], record.Directs[0].Body);
    }

    [Fact]
    public async Task A_claim_fences_every_earlier_owner()
    {
        var store = Create();
        Assert.True(await store.WriteAsync(Key, 1, Record("/first"), Life, Due));
        var (second, _) = (await store.ClaimAsync(Key))!.Value;
        var (third, _) = (await store.ClaimAsync(Key))!.Value;
        Assert.True(second < third);

        Assert.False(await store.WriteAsync(Key, 1, Record("/stale"), Life, Due));
        Assert.False(await store.WriteAsync(Key, second, Record("/stale"), Life, Due));
        Assert.True(await store.WriteAsync(Key, third, Record("/third"), Life, Due));

        Assert.True(IsOf((await store.ClaimAsync(Key))!.Value.Record, "/third"));
    }

    [Fact]
    public async Task Claims_at_the_same_time_have_different_owners()
    {
        var store = Create();
        await store.WriteAsync(Key, 1, Record("/a"), Life, Due);

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => (await store.ClaimAsync(Key))!.Value.Owner)));

        Assert.Equal(Enumerable.Range(2, 20).Select(static i => (long)i), claims.Order());
    }

    [Fact]
    public async Task Its_owner_removes_a_record_and_an_earlier_one_does_not()
    {
        var store = Create();
        await store.WriteAsync(Key, 1, Record("/a"), Life, Due);
        var (owner, _) = (await store.ClaimAsync(Key))!.Value;

        await store.RemoveAsync(Key, 1);
        Assert.NotNull(await store.ClaimAsync(Key));

        await store.RemoveAsync(Key, owner + 1);
        Assert.Null(await store.ClaimAsync(Key));
    }

    [Fact]
    public async Task Removing_what_is_not_there_does_nothing()
    {
        var store = Create();
        await store.RemoveAsync(Key, 1);
        Assert.Null(await store.ClaimAsync(Key));
    }

    [Fact]
    public async Task Records_are_due_that_nobody_wrote_again_and_taken_by_one()
    {
        var store = Create();
        await store.WriteAsync("default/written", 1, Record("/a"), Life, TimeSpan.Zero);
        await store.WriteAsync("default/written", 1, Record("/a"), Life, Due);
        await store.WriteAsync("default/left", 1, Record("/a"), Life, TimeSpan.Zero);
        await store.WriteAsync("default/removed", 1, Record("/a"), Life, TimeSpan.Zero);
        await store.RemoveAsync("default/removed", 1);

        Assert.Equal(["default/left"], await store.TakeDueAsync(10, Due));
        Assert.Empty(await store.TakeDueAsync(10, Due));
    }

    [Fact]
    public async Task What_is_taken_is_due_again_until_it_is_removed_and_never_more_than_wanted()
    {
        var store = Create();
        await store.WriteAsync("default/one", 1, Record("/a"), Life, TimeSpan.FromSeconds(-2));
        await store.WriteAsync("default/two", 1, Record("/a"), Life, TimeSpan.FromSeconds(-1));

        Assert.Equal(["default/one"], await store.TakeDueAsync(1, TimeSpan.Zero));
        Assert.Equal(["default/one", "default/two"], (await store.TakeDueAsync(10, TimeSpan.Zero)).Order());
        await store.RemoveAsync("default/one", 1);
        Assert.Equal(["default/two"], await store.TakeDueAsync(10, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_record_that_another_owner_has_is_not_put_off_by_an_earlier_one()
    {
        var store = Create();
        await store.WriteAsync(Key, 1, Record("/a"), Life, TimeSpan.Zero);
        await store.ClaimAsync(Key);
        Assert.False(await store.WriteAsync(Key, 1, Record("/a"), Life, Due));

        Assert.Equal([Key], await store.TakeDueAsync(10, Due));
    }

    private protected static SessionRecord Record(string channel) => new()
    {
        Description = new SessionDescription { Protocol = "bayeux", Lifetime = TimeSpan.FromSeconds(50), Acknowledges = true },
        Subscriptions = [new StoredSubscription(channel, 17), new StoredSubscription("/a/**", 18)],
        Cursors = [new ChannelCursor(channel, 5, 2)],
        Sequence = 99,
        Started = true,
        Directs = [new DirectMessage { Channel = "/service/x", Body = [1, 2, 3], Batch = 4 }],
    };

    /// <summary>Whether a record is that of a channel, its direct messages apart.</summary>
    private static bool IsOf(SessionRecord record, string channel) => (record with { Directs = [] }).SaysTheSameAs(Record(channel) with { Directs = [] });
}
