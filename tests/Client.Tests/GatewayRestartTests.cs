using Tidings.Cluster.Tests.Processes;

namespace Tidings.Client.Tests;

/// <summary>A gateway of a cluster is killed and started again at its address, under load.</summary>
public sealed class GatewayRestartTests : IAsyncLifetime
{
    private const int Messages = 400;
    private readonly string _port = $"{FreePort.Next()}";
    private RedisServer _redis = null!;
    private SiloProcess _silo = null!;
    private GatewayProcess _gateway = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _silo = await SiloProcess.StartAsync("silo", Settings);
        await _silo.ReadyAsync();
        _gateway = await StartGatewayAsync();
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _silo.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData(TidingsTransports.WebSocket)]
    [InlineData(TidingsTransports.LongPolling)]
    public async Task Nothing_acknowledged_is_lost(TidingsTransports transports)
    {
        await using var reader = New(transports);
        await using var writer = New(transports);
        await using var subscription = await reader.SubscribeAsync($"/restart/{transports}").For("The subscription is not in force.");
        var publishing = PublishAsync(writer, subscription.Channel);
        var got = (await subscription.ReadAsync(Messages / 4)).Select(static message => message.Read<int>()).ToHashSet();

        await _gateway.Process.KillAsync();
        await _gateway.DisposeAsync();
        _gateway = await StartGatewayAsync();

        Assert.Equal(Messages, await publishing.For("Publishes were not acknowledged after the restart."));
        while (got.Count < Messages)
        {
            got.Add((await subscription.ReadAsync(1))[0].Read<int>());
        }
    }

    private static async Task<int> PublishAsync(TidingsClient client, string channel)
    {
        for (var i = 0; i < Messages; i++)
        {
            await client.PublishAsync(channel, i);
        }

        return Messages;
    }

    private string[] Settings => [$"--Tidings:Redis={_redis.ConnectionString}", $"--Tidings:ClusterId=client-tests-{_port}"];

    private async Task<GatewayProcess> StartGatewayAsync()
    {
        var gateway = await GatewayProcess.StartAsync("gateway", [.. Settings, $"--urls=http://127.0.0.1:{_port}"]);
        await gateway.ReadyAsync();
        return gateway;
    }

    private TidingsClient New(TidingsTransports transports) => new(new TidingsClientOptions
    {
        Url = new Uri($"http://127.0.0.1:{_port}/cometd"),
        Transports = transports,
        MaxBackoff = TimeSpan.FromSeconds(1),
    });
}
