using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;

namespace Tidings.Conformance.Cases;

/// <summary>Clients that stop reading or stop in the middle.</summary>
static class SlowReaderCases
{
    const int Count = 160;
    const int Size = 50_000;

    [Case(67, "A client that stops reading delays no other subscriber", On.LongPolling | On.WebSocket)]
    static async Task Stalled_reader_delays_nobody(CaseContext c)
    {
        var news = c.Channel("news");
        var stalled = await c.SubscribedAsync(news);
        using var socket = await StallAsync(c, stalled);
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        var text = new string('x', Size);
        var receiving = client.ReceiveAsync(all => all.Count >= Count, $"{Count} messages");
        for (var i = 0; i < Count; i++)
            Expect.Success(await publisher.PublishAsync(news, text));
        await receiving;
    }

    [Case(67, "A request cut in the middle harms nobody", On.LongPolling, Part = "a")]
    static async Task Cut_request_harms_nobody(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        using (var socket = await OpenAsync(c))
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {c.Target.Endpoint.AbsolutePath} HTTP/1.1\r\nHost: {c.Target.Endpoint.Authority}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n[{{\"channel\":\"/meta/conn"), c.Cancellation);
        Expect.Success(await client.ConnectAsync(timeout: 0));
    }

    /// <summary>Moves the session to a socket with a small window that nobody reads.</summary>
    static async Task<ClientWebSocket> StallAsync(CaseContext c, BayeuxClient client)
    {
        var socket = new ClientWebSocket();
        using var handler = new SocketsHttpHandler { ConnectCallback = async (_, _) => new NetworkStream(await OpenAsync(c), ownsSocket: true) };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await socket.ConnectAsync(new UriBuilder(c.Target.Endpoint) { Scheme = "ws" }.Uri, invoker, c.Cancellation);
        var connect = new JsonArray(Messages.Connect(client.Id, Wire.Transport.WebSocket)).ToJsonString();
        await socket.SendAsync(Encoding.UTF8.GetBytes(connect), WebSocketMessageType.Text, endOfMessage: true, c.Cancellation);
        return socket;
    }

    static async Task<Socket> OpenAsync(CaseContext c)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(c.Target.Endpoint.Host, c.Target.Endpoint.Port, c.Cancellation);
        return socket;
    }
}
