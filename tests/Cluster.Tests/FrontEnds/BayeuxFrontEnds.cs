using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Cluster.Tests.FrontEnds;

public sealed class BayeuxPollFrontEnd(FrontEndCluster cluster) : FrontEndTests(cluster)
{
    protected override string Source => "tidings-bayeux";

    private protected override Subscriber Create(string tenant, string channel) => new BayeuxPoller(tenant, channel, "/cometd");
}

public sealed class BayeuxSocketFrontEnd(FrontEndCluster cluster) : FrontEndTests(cluster)
{
    protected override string Source => "tidings-bayeux";

    private protected override Subscriber Create(string tenant, string channel) => new BayeuxSocket(tenant, channel);
}

public sealed class CumulocityFrontEnd(FrontEndCluster cluster) : FrontEndTests(cluster)
{
    protected override string Source => "tidings-bayeux";

    protected override string ChannelOf(string name) => $"/alarms/{name}";

    private protected override Subscriber Create(string tenant, string channel) => new BayeuxPoller(tenant, channel, "/cep/realtime");
}

/// <summary>A Bayeux client over long polls.</summary>
sealed class BayeuxPoller(string tenant, string channel, string path) : Subscriber
{
    readonly Queue<int> _numbers = new();
    HttpClient? _http;
    string _id = "";

    public override async Task OpenAsync(Uri gateway)
    {
        _http = FrontEndCluster.ClientOf(gateway, tenant);
        var reply = await AskAsync("""{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}""");
        _id = (string)reply["clientId"]!;
        Assert.True((bool)(await AskAsync($$"""{"channel":"/meta/subscribe","clientId":"{{_id}}","subscription":"{{channel}}"}"""))["successful"]!);
        await ConnectAsync();
    }

    public override async Task<int> NextAsync()
    {
        while (_numbers.Count == 0)
            await ConnectAsync();
        return _numbers.Dequeue();
    }

    /// <summary>Between two polls it has no connection that matters.</summary>
    public override Task BreakAsync()
    {
        _http!.Dispose();
        return Task.CompletedTask;
    }

    public override Task ComeBackAsync(Uri gateway)
    {
        _http = FrontEndCluster.ClientOf(gateway, tenant);
        return ConnectAsync();
    }

    public override ValueTask DisposeAsync()
    {
        _http?.Dispose();
        return default;
    }

    async Task ConnectAsync()
    {
        var reply = await AskAsync($$"""{"channel":"/meta/connect","clientId":"{{_id}}","connectionType":"long-polling"}""");
        Assert.True((bool)reply["successful"]!, reply.ToJsonString());
    }

    /// <summary>The reply; messages that come with it are kept.</summary>
    async Task<JsonNode> AskAsync(string message)
    {
        using var body = new StringContent($"[{message}]", Encoding.UTF8, "application/json");
        using var response = await _http!.PostAsync(path, body);
        var all = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray();
        foreach (var delivery in all.Where(one => (string?)one!["channel"] == channel))
            _numbers.Enqueue((int)delivery!["data"]!["n"]!);
        return all.Single(one => ((string)one!["channel"]!).StartsWith("/meta/", StringComparison.Ordinal))!;
    }
}

/// <summary>A Bayeux client over a WebSocket.</summary>
sealed class BayeuxSocket(string tenant, string channel) : Subscriber
{
    readonly JsonSocket _socket = new(tenant);
    readonly Queue<int> _numbers = new();
    string _id = "";

    public override async Task OpenAsync(Uri gateway)
    {
        await _socket.ConnectAsync(gateway, "/cometd");
        await _socket.SendAsync("""[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["websocket"]}]""");
        _id = (string)(await ReplyAsync("/meta/handshake"))["clientId"]!;
        await _socket.SendAsync($$"""[{"channel":"/meta/subscribe","clientId":"{{_id}}","subscription":"{{channel}}"}]""");
        await ReplyAsync("/meta/subscribe");
        await ConnectAsync();
    }

    public override async Task<int> NextAsync()
    {
        while (_numbers.Count == 0)
            await TakeAsync();
        return _numbers.Dequeue();
    }

    public override Task BreakAsync()
    {
        _socket.Abort();
        return Task.CompletedTask;
    }

    public override async Task ComeBackAsync(Uri gateway)
    {
        await _socket.ConnectAsync(gateway, "/cometd");
        await ConnectAsync();
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }

    Task ConnectAsync() => _socket.SendAsync($$"""[{"channel":"/meta/connect","clientId":"{{_id}}","connectionType":"websocket"}]""");

    async Task<JsonNode> ReplyAsync(string meta)
    {
        while (true)
        {
            if ((await TakeAsync()).FirstOrDefault(one => (string?)one!["channel"] == meta) is { } reply)
            {
                Assert.True((bool)reply["successful"]!, reply.ToJsonString());
                return reply;
            }
        }
    }

    async Task<JsonArray> TakeAsync()
    {
        var all = (await _socket.NextAsync()).AsArray();
        foreach (var one in all)
        {
            if ((string?)one!["channel"] == channel)
                _numbers.Enqueue((int)one["data"]!["n"]!);
            else if ((string?)one["channel"] == "/meta/connect")
            {
                Assert.True((bool)one["successful"]!, one.ToJsonString());
                await ConnectAsync();
            }
        }

        return all;
    }
}
