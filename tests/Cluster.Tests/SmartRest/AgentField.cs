using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cluster.Tests.SmartRest;

/// <summary>The agents of a cluster, whose requests HAProxy gives to the gateways in turn, and what reports to them.</summary>
sealed class AgentField : IDisposable
{
    readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(120));

    public AgentField(LocalCluster cluster) => Http = new HttpClient { BaseAddress = cluster.Front.Address, Timeout = Timeout.InfiniteTimeSpan };

    public HttpClient Http { get; }

    public CancellationToken Patience => _patience.Token;

    public void Dispose()
    {
        Http.Dispose();
        _patience.Dispose();
    }

    /// <summary>The C++ agent of a device, and what its reporter is registered as.</summary>
    public async Task<(NativeAgent Agent, string Gid)> NativeAsync()
    {
        var gid = await SmartDevice.RegisterAsync(
            Http,
            "native",
            "10,100,POST,/channels/operations/%%,application/json,,%%,STRING UNSIGNED,\"{\"\"realtimeAction\"\":\"\"CREATE\"\",\"\"data\"\":{\"\"id\"\":%%,\"\"c8y_Restart\"\":{}}}\"",
            "11,804,,$.c8y_Restart,$.id",
            "11,200,,$.count,$.lastOffset");
        var agent = new NativeAgent(new SmartDevice(Http, gid), "7");
        await agent.OpenAsync(Patience);
        return (agent, gid);
    }

    /// <summary>As the C++ agent reports: no header, the X-Id in the first row, and what failed is sent again.</summary>
    public async Task ReportAsync(string gid, int first, int count, string to = "7")
    {
        var reporter = new SmartDevice(Http, null);
        for (var id = first; id < first + count; id++)
        {
            string[][] rows;
            do
                rows = await TryAsync(() => reporter.RowsAsync("/s", $"15,{gid}\n100,{to},{id}", Patience));
            while (rows[0][0] == "50" && rows[0][2] == "503");
            Assert.Equal("200", rows[0][0]);
        }
    }

    /// <summary>A request whose gateway died is one that nobody could carry out.</summary>
    static async Task<string[][]> TryAsync(Func<Task<string[][]>> request)
    {
        try
        {
            return await request();
        }
        catch (HttpRequestException)
        {
            return [["50", "1", "503"]];
        }
    }
}
