using Tidings.Cluster.Tests.SmartRest;

namespace Tidings.Cluster.Tests.FrontEnds;

public sealed class SmartRestFrontEnd(FrontEndCluster cluster) : FrontEndTests(cluster)
{
    protected override string Source => "tidings-smartrest";

    protected override string ChannelOf(string name) => $"/alarms/{name}";

    private protected override Subscriber Create(string tenant, string channel) => new SmartPoller(tenant, channel);
}

/// <summary>A SmartREST client that acknowledges nothing, since its connection breaks between two polls.</summary>
sealed class SmartPoller(string tenant, string channel) : Subscriber
{
    const string Endpoint = "/notification/realtime";
    readonly Queue<int> _numbers = new();
    HttpClient? _http;
    SmartDevice? _device;
    string _xid = "";
    string _id = "";

    public override async Task OpenAsync(Uri gateway)
    {
        _http = FrontEndCluster.ClientOf(gateway, tenant);
        _xid = await SmartDevice.RegisterAsync(_http, "front-ends", "11,300,,$.n,$.n");
        _device = new SmartDevice(_http, _xid);
        _id = Assert.Single(Assert.Single(await _device.RowsAsync(Endpoint, "80")));
        Assert.Empty(await _device.RowsAsync(Endpoint, $"81,{_id},{channel}"));
        await PollAsync();
    }

    public override async Task<int> NextAsync()
    {
        while (_numbers.Count == 0)
            await PollAsync();
        return _numbers.Dequeue();
    }

    public override Task BreakAsync()
    {
        _http!.Dispose();
        return Task.CompletedTask;
    }

    public override Task ComeBackAsync(Uri gateway)
    {
        _http = FrontEndCluster.ClientOf(gateway, tenant);
        _device = new SmartDevice(_http, _xid);
        return PollAsync();
    }

    public override ValueTask DisposeAsync()
    {
        _http?.Dispose();
        return default;
    }

    async Task PollAsync()
    {
        foreach (var row in await _device!.RowsAsync(Endpoint, $"83,{_id}"))
        {
            if (row[0] == "300")
                _numbers.Enqueue(int.Parse(row[^1]));
            else
                Assert.Equal("86", row[0]);
        }
    }
}
