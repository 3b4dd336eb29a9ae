using Tidings.ChaosTests.Records;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.ChaosTests.Tests.Redis;

/// <summary>A Redis that comes back without its data: nobody is left in the dark, and everything goes on by itself.</summary>
public sealed class RedisLossTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Silos_begin_anew_and_clients_are_told_that_messages_were_lost()
    {
        await using var stage = await Stage.OpenAsync("redis-loss");
        await stage.Press.StopAsync();
        var before = await PublishAsync(stage, 5);
        var clients = new[] { SessionKind.WebSocket, SessionKind.LongPolling }
            .Select(transport => new LossClient(new SessionKind(transport, Assurance.Ack), stage)).ToArray();
        await Task.WhenAll(clients.Select(client => client.StartAsync()));
        await clients.ReceiveAsync(stage, 1);

        await stage.Cluster.LoseDataAsync();

        await Eventually.TrueAsync(() => stage.EndedByThemselves.Count() >= stage.Cluster.Silos.Count, () => "silos that began anew", Patience);
        await Eventually.TrueAsync(stage.Probe.IsStoredAsync, () => "a publish that is stored", Patience);
        await clients.ReceiveAsync(stage, 2);
        Assert.All(clients, client => Assert.True(client.WasTold, "A client was not told that messages were lost."));
        await AssertOldPlacesAreRefusedAsync(stage, before);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    static async Task<long> PublishAsync(Stage stage, int count)
    {
        long last = 0;
        for (var i = 0; i < count; i++)
            last = await stage.Probe.OffsetAsync("/loss/old");
        return last;
    }

    /// <summary>As many messages as before and more: a place in the lost log must still not be taken for one in the new log.</summary>
    static async Task AssertOldPlacesAreRefusedAsync(Stage stage, long before)
    {
        Assert.True(await PublishAsync(stage, 8) > before);
        var reply = await stage.Probe.ReplayAsync("/loss/old", before);
        Assert.False(reply.GetProperty("successful").GetBoolean(), reply.GetRawText());
        Assert.StartsWith("400", reply.GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
