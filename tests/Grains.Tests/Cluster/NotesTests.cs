namespace Tidings.Grains.Cluster;

public sealed class NotesTests
{
    [Fact]
    public async Task A_front_ends_notes_go_with_the_session_to_its_next_gateway()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var session = await cluster.OpenAsync(cluster.AddGateway());

        Assert.True(await session.Grain.Note("first"u8.ToArray()));
        Assert.True(await session.Grain.Note("second"u8.ToArray()));

        Assert.Equal("second"u8.ToArray(), (await session.Grain.Touch())!.Notes);
        Assert.Equal("second"u8.ToArray(), (await session.Grain.Attach(cluster.AddGateway().Address, 1, null, onlyIfFree: false)).Description!.Notes);
    }

    [Fact]
    public async Task An_unknown_session_keeps_no_notes()
    {
        await using var cluster = await TestCluster.StartAsync(1);

        Assert.False(await cluster.Client.GetGrain<ISessionGrain>(SessionId.ToKey(ChannelId.DefaultTenant, "unknown")).Note([]));
    }
}
