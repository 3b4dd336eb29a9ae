using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace Tidings.Cluster.Tests.FrontEnds;

public sealed class StreamFrontEnd(FrontEndCluster cluster) : FrontEndTests(cluster)
{
    protected override string Source => "tidings-sse";

    private protected override Subscriber Create(string tenant, string channel) => new StreamReader(tenant, channel);
}

/// <summary>A reader of server-sent events, which says which was its last when it comes back.</summary>
sealed class StreamReader(string tenant, string channel) : Subscriber
{
    HttpClient? _http;
    Stream? _stream;
    IAsyncEnumerator<SseItem<string>>? _events;
    string _last = "0";

    public override async Task OpenAsync(Uri gateway)
    {
        _http = FrontEndCluster.ClientOf(gateway, tenant);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/channels" + channel);
        request.Headers.Add("Accept", "text/event-stream");
        request.Headers.Add("Last-Event-ID", _last);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        _stream = await response.Content.ReadAsStreamAsync();
        _events = SseParser.Create(_stream).EnumerateAsync().GetAsyncEnumerator();
    }

    public override async Task<int> NextAsync()
    {
        while (await _events!.MoveNextAsync().AsTask().WaitAsync(Patience))
        {
            if (_events.Current is not { EventType: "message" } message)
                continue;
            _last = message.EventId ?? _last;
            return (int)JsonNode.Parse(message.Data)!["n"]!;
        }

        throw new InvalidOperationException("The stream ended.");
    }

    public override Task BreakAsync()
    {
        _stream!.Dispose();
        _http!.Dispose();
        return Task.CompletedTask;
    }

    public override Task ComeBackAsync(Uri gateway) => OpenAsync(gateway);

    public override ValueTask DisposeAsync()
    {
        _stream?.Dispose();
        _http?.Dispose();
        return default;
    }
}
