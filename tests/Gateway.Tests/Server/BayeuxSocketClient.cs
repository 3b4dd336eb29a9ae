using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Server;

/// <summary>A Bayeux client over a WebSocket that reads only when it is told to.</summary>
internal sealed class BayeuxSocketClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private byte[] _buffer = new byte[256 * 1024];
    private readonly Queue<JsonNode> _received = new();

    public ClientWebSocket Socket { get; } = new();

    public string ClientId { get; set; } = "";

    public static Task<BayeuxSocketClient> OpenAsync(GatewayServer server) => OpenAsync(server.Address);

    public static async Task<BayeuxSocketClient> OpenAsync(Uri server, string path = "/cometd")
    {
        var client = new BayeuxSocketClient();
        await client.Socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = path }.Uri, CancellationToken.None);
        return client;
    }

    /// <summary>A client with a session that is subscribed and has a connect under way.</summary>
    public static Task<BayeuxSocketClient> SubscribedAsync(GatewayServer server, string channel) => SubscribedAsync(server.Address, channel);

    /// <inheritdoc cref="SubscribedAsync(GatewayServer, string)"/>
    public static async Task<BayeuxSocketClient> SubscribedAsync(Uri server, string channel)
    {
        var client = await OpenAsync(server);
        await client.SendAsync("""[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["websocket"]}]""");
        client.ClientId = (string)(await client.NextAsync("/meta/handshake"))["clientId"]!;
        await client.SendAsync($$"""[{"channel":"/meta/subscribe","clientId":"{{client.ClientId}}","subscription":"{{channel}}"}]""");
        Assert.True((bool)(await client.NextAsync("/meta/subscribe"))["successful"]!);
        await client.ConnectAsync();
        return client;
    }

    public Task ConnectAsync() =>
        SendAsync($$"""[{"channel":"/meta/connect","clientId":"{{ClientId}}","connectionType":"websocket"}]""");

    public Task SendAsync(string json) => SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text);

    public async Task SendAsync(byte[] bytes, WebSocketMessageType type)
    {
        using var patience = new CancellationTokenSource(Patience);
        await Socket.SendAsync(bytes, type, true, patience.Token);
    }

    /// <summary>The next message of a channel; others are passed over.</summary>
    public async Task<JsonNode> NextAsync(string channel)
    {
        while (true)
        {
            while (_received.TryDequeue(out var message))
            {
                if ((string?)message["channel"] == channel)
                {
                    return message;
                }
            }

            await ReceiveAsync($"No message came on {channel}.");
        }
    }

    /// <summary>The next message that was published.</summary>
    public async Task<JsonNode> NextDeliveryAsync()
    {
        while (true)
        {
            while (_received.TryDequeue(out var message))
            {
                if (message["channel"] is { } channel && !((string)channel!).StartsWith("/meta/", StringComparison.Ordinal))
                {
                    return message;
                }
            }

            await ReceiveAsync("No published message came.");
        }
    }

    /// <summary>Reads until the server closes the socket.</summary>
    public async Task<WebSocketCloseStatus?> ClosedAsync()
    {
        while (Socket.CloseStatus is null)
        {
            await ReceiveAsync("The server did not close the socket.");
        }

        return Socket.CloseStatus;
    }

    public void Dispose() => Socket.Dispose();

    private async Task ReceiveAsync(string missing)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var length = 0;
            WebSocketReceiveResult part;
            do
            {
                if (length == _buffer.Length)
                {
                    Array.Resize(ref _buffer, length * 2);
                }

                part = await Socket.ReceiveAsync(new ArraySegment<byte>(_buffer, length, _buffer.Length - length), patience.Token);
                length += part.Count;
            }
            while (!part.EndOfMessage);

            foreach (var message in part.MessageType == WebSocketMessageType.Close ? [] : JsonNode.Parse(_buffer.AsSpan(0, length))!.AsArray())
            {
                _received.Enqueue(message!.DeepClone());
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(missing);
        }
    }
}
