using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tidings.Gateway.Sessions;
using Tidings.Grains.Logs;

namespace Tidings.Gateway.Tests.Server;

/// <summary>
/// Clients that come and go in every way leave nothing behind: at the gateway, in the silo, in Redis. <c>TIDINGS_LEAK_CLIENTS=100000</c> makes it the
/// full number.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class LeakTests(RedisServerFixture redis) : IClassFixture<RedisServerFixture>
{
    private const int FewClients = 1500;
    private const int Visitors = 300;
    private const int AtOnce = 16;
    private const long SpareBytes = 16 * 1024 * 1024;
    private const string Channel = "/leak";

    [Fact]
    public async Task Clients_that_come_and_go_leave_no_session_no_activation_no_key_and_no_memory()
    {
        var clients = int.Parse(Environment.GetEnvironmentVariable("TIDINGS_LEAK_CLIENTS") ?? $"{FewClients}", CultureInfo.InvariantCulture);
        await using var cluster = await OwnCluster.StartAsync((IPEndPoint)redis.Connection.GetEndPoints()[0], ("Tidings:Bayeux:MaxInterval", "00:00:01"));
        await VisitAsync(cluster.Gateway, Visitors);
        await AllGoneAsync(cluster);
        var (activations, keys, bytes) = (await ActivationsAsync(cluster), Keys(), GC.GetTotalMemory(forceFullCollection: true));

        await VisitAsync(cluster.Gateway, clients);
        await AllGoneAsync(cluster);

        Assert.Subset(keys, Keys());
        await Eventually.TrueAsync(
            async () => (await ActivationsAsync(cluster)).All(now => now.Value <= activations.GetValueOrDefault(now.Key)), "More activations are left than there were.");
        await Eventually.TrueAsync(() => GC.GetTotalMemory(forceFullCollection: true) <= bytes + SpareBytes, "More memory is held than there was.");
    }

    private static Task VisitAsync(OwnServer gateway, int clients) => Parallel.ForEachAsync(
        Enumerable.Range(0, clients),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (client, _) => await (client % 3 == 0 ? DisconnectAsync(gateway) : client % 3 == 1 ? BreakOffAsync(gateway) : FallSilentAsync(gateway)));

    private static async Task DisconnectAsync(OwnServer gateway)
    {
        var id = await FallSilentAsync(gateway);
        await SendAsync(gateway, $$"""[{"channel":"/meta/disconnect","clientId":"{{id}}"}]""");
    }

    private static async Task BreakOffAsync(OwnServer gateway)
    {
        using var client = await BayeuxSocketClient.SubscribedAsync(gateway.Address, Channel);
        client.Socket.Abort();
    }

    private static async Task<string> FallSilentAsync(OwnServer gateway)
    {
        var reply = await SendAsync(gateway, """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]""");
        var id = (string)reply["clientId"]!;
        await SendAsync(gateway, $$"""[{"channel":"/meta/subscribe","clientId":"{{id}}","subscription":"{{Channel}}"}]""");
        return id;
    }

    private static async Task<JsonNode> SendAsync(OwnServer gateway, string json)
    {
        using var content = new StringContent(json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var response = await gateway.Http.PostAsync("/cometd", content);
        var reply = (await response.Content.ReadFromJsonAsync<JsonArray>())![0]!;
        Assert.True((bool)reply["successful"]!, reply.ToJsonString());
        return reply;
    }

    /// <summary>Waits until no session is known anywhere.</summary>
    private async Task AllGoneAsync(OwnCluster cluster)
    {
        var hub = cluster.Gateway.Services.GetRequiredService<GatewayHub>();
        await Eventually.TrueAsync(() => !hub.Sessions.Any(), "The gateway still holds sessions.");
        await Eventually.TrueAsync(async () => !(await ActivationsAsync(cluster)).Keys.Any(static name => name.Contains(".SessionGrain", StringComparison.Ordinal)), "Sessions are still active.");
        await Eventually.TrueAsync(() => !Keys().Any(static key => key.Contains(":session:", StringComparison.Ordinal)), "Redis still has records of sessions.");
    }

    private static async Task<Dictionary<string, int>> ActivationsAsync(OwnCluster cluster)
    {
        var management = cluster.Gateway.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0);
        return (await management.GetSimpleGrainStatistics()).GroupBy(static grain => grain.GrainType)
            .ToDictionary(static grains => grains.Key, static grains => grains.Sum(static grain => grain.ActivationCount));
    }

    private HashSet<string> Keys() => [.. redis.Server.Keys(pattern: "*").Select(static key => (string)key!)];
}

/// <summary>Tests that measure the process they run in.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    /// <summary>The collection's name.</summary>
    public const string Name = "alone";
}
