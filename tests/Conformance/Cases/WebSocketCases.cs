using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Cases;

/// <summary>What a socket can do that requests cannot, and how sessions come to sockets.</summary>
static class WebSocketCases
{
    [Case(81, "A whole session fits on one socket; messages are pushed at once while the connect stays held", On.WebSocket)]
    static async Task Messages_are_pushed_beside_the_held_connect(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        var held = Stopwatch.StartNew();
        var connect = client.HoldAsync();
        Expect.Success(await publisher.PublishAsync(news, 1));
        var arrived = client.ReceiveAsync(news);
        Expect.Data(await c.WithinAsync(c.Prompt, arrived, "the message"), 1);
        await c.WithinAsync(c.Patience, connect, "the connect");
        Expect.That(held.Elapsed >= c.Target.Hold * 0.9, $"the connect was answered after {held.ElapsedMilliseconds} ms");
        Expect.Success(await client.DisconnectAsync());
    }

    [Case(82, "The replies to messages of one frame come in one frame, and every frame is an array", On.WebSocket)]
    static async Task Batches_are_answered_in_one_frame(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var exchange = await client.SendAsync(Messages.Subscribe(client.Id, c.Channel("a")), Messages.Publish(client.Id, c.Channel("b"), 1), Messages.Unsubscribe(client.Id, c.Channel("a")));
        Expect.That(exchange.Replies.Count() == 3 && JsonNode.Parse(exchange.Body) is JsonArray { Count: 3 }, $"one frame of three replies was expected: {exchange}");
        foreach (var frame in ((WebSocketWire)client.Wire).Frames)
            Expect.That(frame.StartsWith('['), $"a frame is no array: {frame}");
    }

    [Case(83, "A connect with the old client id on a new socket continues the session, and nothing published meanwhile is lost or doubled", On.WebSocket)]
    static async Task Session_moves_to_a_new_socket(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        _ = client.HoldAsync();
        var next = await c.ResumedAsync(client);
        var publishing = PublishUntilAsync(publisher, news, () => next.Deliveries.Count > 0);
        await client.ArrivesAsync(news);
        _ = next.HoldAsync();
        var count = await c.WithinAsync(c.Patience, publishing, "a message on the new socket");
        await next.ReceiveAsync(all => client.Deliveries.Count + all.Count >= count, $"{count} messages on both sockets together");
        Expect.Data([.. client.Deliveries, .. next.Deliveries], [.. Enumerable.Range(0, count).Select(i => (JsonNode)i)]);
    }

    [Case(85, "A session from a handshake over HTTP connects over WebSocket, and goes back", On.WebSocket)]
    static async Task Session_changes_transport(CaseContext c)
    {
        var news = c.Channel("news");
        var poller = new BayeuxClient(c, await c.WireAsync(Transport.LongPolling));
        await poller.HandshakeAsync();
        Expect.Success(await poller.SubscribeAsync(news));
        var socket = await c.ResumedAsync(poller);
        Expect.Success(await socket.ConnectAsync(timeout: 0));

        var publisher = await c.ConnectedAsync();
        Expect.Success(await publisher.PublishAsync(news, 1));
        Expect.Data(await socket.ReceiveAsync(news), 1);
        await socket.Wire.DisposeAsync();
        Expect.Success(await poller.ConnectAsync(timeout: 0));
        Expect.Success(await publisher.PublishAsync(news, 2));
        Expect.Data(await poller.ReceiveAsync(news), 2);
    }

    [Case(86, "Subscribe and publish before the first connect work")]
    static async Task Connect_need_not_come_first(CaseContext c)
    {
        var news = c.Channel("news");
        var client = await c.HandshakenAsync();
        Expect.Success(await client.SubscribeAsync(news));
        Expect.Success(await client.PublishAsync(news, 1));
        Expect.Data(await client.ReceiveAsync(news), 1);
    }

    [Case(87, "A session whose socket was lost and that does not come back expires", On.WebSocket, Needs = Needs.Lifetime)]
    static async Task Lost_socket_ends_the_session_in_time(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var held = client.HoldAsync();
        Expect.Success(await client.SubscribeAsync(c.Channel("a")));
        ((WebSocketWire)client.Wire).Abort();
        await held;
        await c.PassAsync(c.Target.Hold);
        await c.PassLifetimeAsync();
        var back = await c.ResumedAsync(client);
        Expect.Error(await back.ConnectAsync(timeout: 0));
    }

    [Case(88, "Messages published while a session has no socket wait for its next one", On.WebSocket)]
    static async Task Messages_wait_for_the_next_socket(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        Expect.Success(await client.ConnectAsync(timeout: 0));
        await ((WebSocketWire)client.Wire).CloseAsync(c.Cancellation);
        Expect.Success(await publisher.PublishAsync(news, 1));
        var back = await c.ResumedAsync(client);
        Expect.Data(await back.ReceiveAsync(news), 1);
    }

    [Case(89, "A message larger than one buffer passes both ways", On.LongPolling | On.WebSocket)]
    static async Task Big_messages_pass(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        var big = new string('\u03b1', 30_000);
        Expect.Success(await publisher.PublishAsync(news, big));
        Expect.Data(await client.ReceiveAsync(news), big);
    }

    [Case(90, "Compression is used only when the client offers it, and messages pass with and without", On.WebSocket)]
    static async Task Compression_is_the_clients_choice(CaseContext c)
    {
        var plain = await c.SocketAsync();
        Expect.Same("", plain.Extensions, "the extensions without an offer");
        var offered = await c.SocketAsync(options => options.DangerousDeflateOptions = new WebSocketDeflateOptions());
        foreach (var wire in new[] { plain, offered })
        {
            var (client, news) = (new BayeuxClient(c, wire), c.Channel(wire == plain ? "plain" : "packed"));
            await client.HandshakeAsync();
            Expect.Success(await client.ConnectAsync(timeout: 0));
            Expect.Success(await client.SubscribeAsync(news));
            Expect.Success(await client.PublishAsync(news, new string('x', 5000)));
            Expect.Data(await client.ReceiveAsync(news), new string('x', 5000));
        }
    }

    [Case(91, "Malformed JSON on a socket closes it or is ignored; other sockets are unharmed", On.WebSocket)]
    static Task Malformed_frame_harms_nobody_else(CaseContext c) => BadFrameAsync(c, "[{\"channel\":"u8.ToArray(), WebSocketMessageType.Text);

    [Case(91, "A binary frame closes the socket or is ignored; other sockets are unharmed", On.WebSocket, Part = "a")]
    static Task Binary_frame_harms_nobody_else(CaseContext c) => BadFrameAsync(c, [0, 1, 2, 255], WebSocketMessageType.Binary);

    [Case(91, "Text that is not UTF-8 closes the socket or is ignored; other sockets are unharmed", On.WebSocket, Part = "b")]
    static Task Invalid_text_harms_nobody_else(CaseContext c) => BadFrameAsync(c, [.. "[{\"channel\":\""u8, 0xC3, 0x28, .. "\"}]"u8], WebSocketMessageType.Text);

    static async Task<int> PublishUntilAsync(BayeuxClient publisher, string channel, Func<bool> isEnough)
    {
        var count = 0;
        for (; !isEnough(); count++)
            Expect.Success(await publisher.PublishAsync(channel, count));
        return count;
    }

    static async Task BadFrameAsync(CaseContext c, byte[] frame, WebSocketMessageType type)
    {
        var (client, other) = (await c.ConnectedAsync(), await c.ConnectedAsync());
        var wire = (WebSocketWire)client.Wire;
        await wire.SendAsync(frame, type, c.Cancellation);
        var after = await client.SendAsync(Messages.Subscribe(client.Id, c.Channel("a")));
        // Empty: the connection was cut before its close frame could be read, as more was on its way to the server.
        Expect.That(after.Closed is null or WebSocketCloseStatus.Empty or WebSocketCloseStatus.InternalServerError or WebSocketCloseStatus.InvalidPayloadData
            or WebSocketCloseStatus.InvalidMessageType or WebSocketCloseStatus.ProtocolError, $"the socket was closed with {after.Closed}");
        Expect.Success(await other.SubscribeAsync(c.Channel("a")));

        var back = await c.ResumedAsync(client);
        Expect.Success(await back.ConnectAsync(timeout: 0));
    }
}
