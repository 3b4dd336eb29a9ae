using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.Clients;

/// <summary>The gateway started with nothing else, as a newcomer starts it.</summary>
public sealed class StandaloneClientTests : IAsyncLifetime
{
    GatewayProcess _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await GatewayProcess.StartAsync();
        await _gateway.ReadyAsync();
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [ClassData(typeof(StockClients))]
    public async Task A_stock_client_gets_every_message_once_and_in_order(string client, string transport)
    {
        var run = new ClientRun(_gateway.Address, client, transport);
        (await run.RunAsync()).AssertDelivered(run);
    }

    [Fact]
    public async Task It_ends_cleanly_on_SIGTERM()
    {
        Assert.Equal(0, await _gateway.Process.StopAsync());
    }
}
