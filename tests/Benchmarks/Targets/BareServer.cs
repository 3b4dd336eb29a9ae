using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tidings.Benchmarks.Clients;

namespace Tidings.Benchmarks.Targets;

/// <summary>
/// What Kestrel's WebSockets can do at best without a protocol: every frame from a publisher becomes one frame to each subscriber of the
/// channel whose number leads the frame. A queue and a writing loop a subscriber, zero-byte reads everywhere, nothing checked or kept.
/// </summary>
internal sealed class BareServer
{
    public const string Command = "serve-bare";

    const int LargestFrame = 4096;

    readonly ConcurrentDictionary<int, ChannelWriter<byte[]>[]> _subscribers = new();

    public static Task RunAsync(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(arguments);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        var app = builder.Build();
        var server = new BareServer();
        app.UseWebSockets();
        app.Map("/subscribe/{channel:int}", server.SubscribeAsync);
        app.Map("/publish", server.PublishAsync);
        app.Map("/echo", EchoAsync);
        app.Map("/idle", IdleAsync);
        return app.RunAsync();
    }

    async Task SubscribeAsync(HttpContext context, int channel)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var queue = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
        _subscribers.AddOrUpdate(channel, [queue.Writer], (_, others) => [.. others, queue.Writer]);
        var writing = WriteAsync(socket, queue.Reader);
        await ReadUntilClosedAsync(socket);
        _subscribers.AddOrUpdate(channel, [], (_, all) => [.. all.Where(writer => writer != queue.Writer)]);
        queue.Writer.Complete();
        await writing;
    }

    async Task PublishAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[LargestFrame];
        while (await ReceiveAsync(socket, buffer) is var length and > BarePublishEncoder.ChannelDigits)
            Deliver(buffer.AsSpan(0, length));
    }

    void Deliver(ReadOnlySpan<byte> frame)
    {
        if (!Utf8Parser.TryParse(frame[..BarePublishEncoder.ChannelDigits], out int channel, out _) || !_subscribers.TryGetValue(channel, out var queues))
            return;
        var payload = frame[BarePublishEncoder.ChannelDigits..].ToArray();
        foreach (var queue in queues)
            queue.TryWrite(payload);
    }

    static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[LargestFrame];
        while (await ReceiveAsync(socket, buffer) is var length and > 0)
            await socket.SendAsync(buffer.AsMemory(0, length), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }

    static async Task IdleAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await ReadUntilClosedAsync(socket);
    }

    static async Task WriteAsync(WebSocket socket, ChannelReader<byte[]> queue)
    {
        try
        {
            await foreach (var payload in queue.ReadAllAsync())
                await socket.SendAsync(payload, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The subscriber is gone; its reading loop ends too.
        }
    }

    /// <summary>Waits without owning a buffer; a subscriber has nothing to say.</summary>
    static async Task ReadUntilClosedAsync(WebSocket socket)
    {
        while (await ReceiveAsync(socket, Memory<byte>.Empty) >= 0)
        {
        }
    }

    /// <summary>The length of what was received, or -1 at the end of the connection.</summary>
    static async ValueTask<int> ReceiveAsync(WebSocket socket, Memory<byte> buffer)
    {
        try
        {
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            return received.MessageType == WebSocketMessageType.Close ? -1 : received.Count;
        }
        catch (WebSocketException)
        {
            return -1;
        }
    }
}
