using Tidings.Grains.Cluster;

namespace Tidings.Grains.Patterns;

/// <summary>Which silos want which patterns.</summary>
public sealed class PatternRegistryTests
{
    /// <summary>The first time may have ended in an error between noting the pattern and telling everybody.</summary>
    [Fact]
    public async Task A_pattern_that_is_added_again_is_told_again()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var registry = cluster.Client.GetGrain<IPatternRegistryGrain>(ChannelId.DefaultTenant);
        var copy = await cluster.Service<PatternIndex>(1).OfAsync(ChannelId.DefaultTenant);

        await registry.Add("/a/*", cluster.NameOf(0));
        var first = copy.Version;
        await registry.Add("/a/*", cluster.NameOf(0));

        Assert.Equal(first + 1, copy.Version);
        var silos = new HashSet<string>();
        copy.AddSilosOf("/a/b", silos);
        Assert.Equal([cluster.NameOf(0)], silos);
    }

    [Fact]
    public async Task What_only_a_silo_that_died_wanted_is_forgotten_everywhere()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var registry = cluster.Client.GetGrain<IPatternRegistryGrain>(ChannelId.DefaultTenant);
        await cluster.PlacedAsync(0, () => registry.Copy(cluster.NameOf(0)));
        var patterns = await cluster.Service<PatternIndex>(0).OfAsync(ChannelId.DefaultTenant);
        await registry.Add("/a/*", cluster.NameOf(1));
        await registry.Add("/b/*", cluster.NameOf(1));
        await registry.Add("/b/*", cluster.NameOf(0));
        Assert.Equal(2, patterns.Count);

        var dead = cluster.NameOf(1);
        await cluster.KillSiloAsync(1);

        await Eventually.Is(() => cluster.Service<IClusterMembers>(0).IsGone(dead), "a silo known to be dead");
        await Eventually.Is(() => patterns.Count == 1, "a pattern less");
        var silos = new HashSet<string>();
        patterns.AddSilosOf("/b/c", silos);
        Assert.Equal([cluster.NameOf(0)], silos);
        Assert.Equal([new PatternEntry("/b/*", cluster.NameOf(0))], (await registry.Copy(cluster.NameOf(0))).Entries);
    }

    [Fact]
    public async Task A_pattern_that_nobody_wants_is_removed_once()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var registry = cluster.Client.GetGrain<IPatternRegistryGrain>(ChannelId.DefaultTenant);
        await registry.Add("/a/*", cluster.NameOf(0));

        await registry.Remove("/a/*", cluster.NameOf(0));
        await registry.Remove("/a/*", cluster.NameOf(0));

        var copy = await registry.Copy(cluster.NameOf(0));
        Assert.Equal(2, copy.Version);
        Assert.Empty(copy.Entries);
    }
}
