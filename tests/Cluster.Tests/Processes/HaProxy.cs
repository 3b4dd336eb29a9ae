using System.Globalization;

namespace Tidings.Cluster.Tests.Processes;

/// <summary>HAProxy with the configuration of deploy/, before the servers given.</summary>
sealed class HaProxy : IAsyncDisposable
{
    readonly ChildProcess _process;
    readonly string _servers;

    HaProxy(ChildProcess process, string servers, Uri address)
    {
        _process = process;
        _servers = servers;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Starts the front; servers are named gateway1, gateway2 and so on, in the order given.</summary>
    public static async Task<HaProxy> StartAsync(params Uri[] gateways)
    {
        var servers = Path.GetTempFileName();
        await File.WriteAllTextAsync(servers, Backend(gateways));
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var process = ChildProcess.Start("haproxy", "haproxy", ["-db", .. Files(servers)], Environment(address));
        var front = new HaProxy(process, servers, address);
        await process.UntilAsync(() => Health.IsReadyAsync(address), $"200 from {address}health/ready");
        return front;
    }

    /// <summary>Lets HAProxy judge deploy/haproxy.cfg with another file: its exit code and words.</summary>
    public static async Task<(int Code, string Output)> CheckAsync(string servers)
    {
        await using var check = ChildProcess.Start(
            "haproxy -c", "haproxy", ["-c", .. Files(servers)], Environment(new Uri("http://127.0.0.1:8080")));
        var code = await check.ExitAsync(TimeSpan.FromSeconds(30));
        return (code, string.Join('\n', check.Output));
    }

    public static string Backend(IEnumerable<Uri> gateways) =>
        "backend gateways from tidings\n"
        + string.Concat(gateways.Select((gateway, i) => $"    server gateway{i + 1} {gateway.Authority}\n    server unready-gateway{i + 1} {gateway.Authority} no-check backup\n"));

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        File.Delete(_servers);
    }

    static string[] Files(string servers) => ["-f", Repository.PathTo("deploy", "haproxy.cfg"), "-f", servers];

    static Dictionary<string, string> Environment(Uri front) => new()
    {
        ["TIDINGS_FRONT"] = front.Authority,
        ["TIDINGS_MAXCONN"] = 2000.ToString(CultureInfo.InvariantCulture),
    };
}
