using Tidings.Grains.Cluster;

namespace Tidings.Grains.Smc;

public sealed class SmcSessionsTests
{
    private static readonly SmcLoginRecord Login =
        new() { Tenant = "t", User = "ann", Version = "7.2", Lifetime = TimeSpan.FromMinutes(30), UserElement = "1", Credential = "key:1" };

    private readonly MovableTime _time = new();

    [Fact]
    public async Task A_login_lives_as_long_as_it_is_used_and_its_lifetime_beyond()
    {
        await using var cluster = await TestCluster.StartAsync(1, time: _time);
        var logins = Of(cluster);
        Assert.True(await logins.Open("a", Login, 10));
        for (var i = 0; i < 3; i++)
        {
            _time.Passed += TimeSpan.FromMinutes(29);
            Assert.Equal("ann", (await logins.Use("a"))?.User);
        }

        _time.Passed += TimeSpan.FromMinutes(31);
        Assert.Null(await logins.Use("a"));
        Assert.False(await logins.AddSocket("a", "s"));
        Assert.Null(await logins.Close("a"));
    }

    [Fact]
    public async Task There_are_so_many_logins_and_no_more_until_one_expires()
    {
        await using var cluster = await TestCluster.StartAsync(1, time: _time);
        var logins = Of(cluster);
        Assert.True(await logins.Open("a", Login, 2));
        Assert.True(await logins.Open("b", Login, 2));
        Assert.False(await logins.Open("c", Login, 2));

        _time.Passed += TimeSpan.FromMinutes(31);
        Assert.True(await logins.Open("c", Login, 2));
    }

    [Fact]
    public async Task A_user_with_too_many_logins_loses_the_one_used_longest_ago_and_takes_nobody_s_place()
    {
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { SmcLoginsPerUser = 2 * SmcLoginRecord.Shards }, time: _time);
        var logins = Of(cluster);
        foreach (var id in new[] { "a", "b" })
        {
            Assert.True(await logins.Open(id, Login, 4));
            _time.Passed += TimeSpan.FromSeconds(1);
        }

        Assert.NotNull(await logins.Use("a"));
        for (var i = 0; i < 5; i++)
        {
            _time.Passed += TimeSpan.FromSeconds(1);
            Assert.True(await logins.Open($"more{i}", Login, 4));
        }

        Assert.Null(await logins.Use("a"));
        Assert.Null(await logins.Use("b"));
        Assert.NotNull(await logins.Use("more3"));
        Assert.True(await logins.Open("other", Login with { User = "ben" }, 4));
        Assert.True(await logins.Open("elsewhere", Login with { Tenant = "u" }, 4));
        Assert.NotNull(await logins.Use("more4"));
    }

    [Fact]
    public async Task The_end_of_a_login_names_its_open_sockets()
    {
        await using var cluster = await TestCluster.StartAsync(1, time: _time);
        var logins = Of(cluster);
        await logins.Open("a", Login, 10);
        for (var i = 0; i < 70; i++)
        {
            Assert.True(await logins.AddSocket("a", $"s{i}"));
        }

        await logins.RemoveSocket("a", "s69");
        var sockets = await logins.Close("a");
        Assert.Equal(Enumerable.Range(6, 63).Select(i => $"s{i}"), sockets!);
        Assert.Null(await logins.Use("a"));
    }

    private static ISmcSessionsGrain Of(TestCluster cluster) => cluster.Client.GetGrain<ISmcSessionsGrain>("aa");

    /// <summary>The system's time, moved on by a test; timers are the system's.</summary>
    private sealed class MovableTime : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Passed;
    }
}
