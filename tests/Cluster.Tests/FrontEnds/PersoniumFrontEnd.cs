using System.Net;
using System.Text.Json.Nodes;

namespace Tidings.Cluster.Tests.FrontEnds;

public sealed class PersoniumFrontEnd(FrontEndCluster cluster) : FrontEndTests(cluster)
{
    const string Names = "xmlns:D=\"DAV:\" xmlns:p=\"urn:x-personium:xmlns\"";

    protected override string Source => "tidings-personium";

    /// <summary>Topics promise nothing to who is away.</summary>
    protected override bool Resumes => false;

    protected override string ChannelOf(string name) => $"/personium/box1/{name}/topic/t1";

    private protected override Subscriber Create(string tenant, string channel) => new TopicListener(tenant, CollectionOf(channel));

    protected override async Task PrepareAsync(Uri gateway, string tenant, string channel)
    {
        using var client = FrontEndCluster.ClientOf(gateway, tenant);
        var path = $"/{tenant}/box1/{CollectionOf(channel)}";
        var made = await StatusAsync(
            client, "MKCOL", path, $"<D:mkcol {Names}><D:set><D:prop><D:resourcetype><D:collection/><p:stream/></D:resourcetype></D:prop></D:set></D:mkcol>");
        Assert.Contains(made, new[] { HttpStatusCode.Created, HttpStatusCode.MethodNotAllowed });
        Assert.Equal(HttpStatusCode.MultiStatus, await StatusAsync(
            client, "PROPPATCH", path, $"<D:propertyupdate {Names}><D:set><D:prop><p:topics><p:topic>t1</p:topic></p:topics></D:prop></D:set></D:propertyupdate>"));
    }

    static string CollectionOf(string channel) => channel.Split('/')[3];

    static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body) };
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}

/// <summary>A topic's socket.</summary>
sealed class TopicListener(string tenant, string collection) : Subscriber
{
    readonly JsonSocket _socket = new(null);

    public override async Task OpenAsync(Uri gateway)
    {
        using var client = FrontEndCluster.ClientOf(gateway, tenant);
        var token = await FrontEndCluster.TokenAsync(client, tenant);
        await _socket.ConnectAsync(gateway, $"/{tenant}/__topic/box1/{collection}.topic.t1");
        await _socket.SendAsync(new JsonObject { ["AccessToken"] = token }.ToJsonString());
        var reply = await _socket.NextAsync();
        Assert.Equal("Success", (string?)reply["Result"]);
    }

    public override async Task<int> NextAsync() => (int)(await _socket.NextAsync())["Body"]!["n"]!;

    public override Task BreakAsync()
    {
        _socket.Abort();
        return Task.CompletedTask;
    }

    public override Task ComeBackAsync(Uri gateway) => OpenAsync(gateway);

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }
}
