using System.Text;

namespace Tidings.Cluster.Tests.FrontEnds;

public sealed class SmcFrontEnd(FrontEndCluster cluster) : FrontEndTests(cluster)
{
    protected override string Source => "tidings-smc";

    /// <summary>Notifications are live.</summary>
    protected override bool Resumes => false;

    protected override string ChannelOf(string name) => $"/elements/host/{name}";

    private protected override Subscriber Create(string tenant, string channel) => new SmcListener(tenant, channel);
}

/// <summary>A notification socket for all hosts, of whose events it takes one host's.</summary>
sealed class SmcListener(string tenant, string channel) : Subscriber
{
    readonly JsonSocket _socket = new(null);
    string _cookie = "";

    public override async Task OpenAsync(Uri gateway)
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = gateway };
        var login = tenant == FrontEndCluster.Own ? """{"authenticationkey":"own-key"}""" : """{"authenticationkey":"other-key","domain":"Other"}""";
        using var body = new StringContent(login, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/7.2/login", body);
        response.EnsureSuccessStatusCode();
        _cookie = response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        await ComeBackAsync(gateway);
    }

    public override async Task<int> NextAsync()
    {
        while (true)
        {
            if ((await _socket.NextAsync())["event"] is { } happened && ((string)happened["element"]!).EndsWith(channel, StringComparison.Ordinal))
                return (int)happened["n"]!;
        }
    }

    public override Task BreakAsync()
    {
        _socket.Abort();
        return Task.CompletedTask;
    }

    /// <summary>With the cookie that another gateway gave.</summary>
    public override async Task ComeBackAsync(Uri gateway)
    {
        await _socket.ConnectAsync(gateway, "/7.2/notification/socket", _cookie);
        await _socket.SendAsync("""{"context":"host"}""");
        Assert.NotNull((await _socket.NextAsync())["success"]);
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }
}
