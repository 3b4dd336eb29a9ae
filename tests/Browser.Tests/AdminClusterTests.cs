using Tidings.Cluster.Tests.Processes;
using static Microsoft.Playwright.Assertions;

namespace Tidings.Browser;

/// <summary>The admin page of a cluster, open while parts of it die.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AdminClusterTests(BrowserFixture fixture) : IAsyncLifetime
{
    private const int Patience = 60_000;
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly List<SiloProcess> _silos = [];
    private Uri _address = null!;

    public async Task InitializeAsync()
    {
        var redis = Own(await RedisServer.StartAsync());
        string[] settings = [$"--Tidings:Redis={redis.ConnectionString}", $"--Tidings:ClusterId=test-{Guid.NewGuid():N}", "--Tidings:ConnectionEvents:Producer=events"];
        for (var i = 0; i < 2; i++)
        {
            _silos.Add(Own(await SiloProcess.StartAsync($"silo{i}", settings)));
            await _silos[i].ReadyAsync();
        }

        var gateway = Own(await Cluster.Tests.Processes.GatewayProcess.StartAsync("gateway", [.. settings, .. AdminPage.Settings.Select(static setting => $"--{setting.Key}={setting.Value}")]));
        await gateway.ReadyAsync();
        _address = gateway.Address;
    }

    public async Task DisposeAsync()
    {
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    [Fact]
    public async Task It_goes_on_while_a_silo_dies_and_says_so_while_none_is_left()
    {
        await using var page = await fixture.AdminAsync(address: _address);
        await Expect(page.State).ToHaveTextAsync("Live", new() { Timeout = Patience });
        await Expect(page.Node("active")).ToHaveCountAsync(2, new() { Timeout = Patience });

        await _silos[0].Process.KillAsync();
        await Expect(page.Node("active")).ToHaveCountAsync(1, new() { Timeout = Patience });
        await Expect(page.Banner).ToBeEmptyAsync(new() { Timeout = Patience });
        await Expect(page.State).ToHaveTextAsync("Live", new() { Timeout = Patience });
        await AdminPage.ConnectAsync(_address, "carol", "/news/after");
        await Expect(page.Page.GetByLabel("Connection events").GetByText("carol").First).ToBeVisibleAsync(new() { Timeout = Patience });

        await _silos[1].Process.KillAsync();
        await Expect(page.Banner).ToContainTextAsync("What is shown may be old; trying again.", new() { Timeout = Patience });
        await Expect(page.Node("active")).ToHaveCountAsync(1);
        Assert.Empty(page.Complaints);
    }

    private T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
