using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Conformance.Wire;

/// <summary>websocket: text frames of JSON arrays, both ways, on one socket.</summary>
sealed class WebSocketWire : IBayeuxWire
{
    readonly ClientWebSocket _socket;
    readonly CancellationTokenSource _ended = new();
    readonly ReplyBoard _replies = new();
    readonly Task _receiving;

    WebSocketWire(ClientWebSocket socket)
    {
        _socket = socket;
        _receiving = ReceiveAsync();
    }

    public Transport Transport => Transport.WebSocket;

    public Inbox Inbox { get; } = new();

    /// <summary>The frames that arrived, in order.</summary>
    public IReadOnlyList<string> Frames => _replies.Frames;

    /// <summary>The extensions the server agreed to, empty for none.</summary>
    public string Extensions => _socket.HttpResponseHeaders?.TryGetValue("Sec-WebSocket-Extensions", out var values) == true
        ? string.Join(", ", values)
        : "";

    /// <summary>Opens a socket to the endpoint; the configuration of the socket is the case's.</summary>
    public static async Task<WebSocketWire> OpenAsync(Uri endpoint, CancellationToken cancellation, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(new UriBuilder(endpoint) { Scheme = "ws" }.Uri, cancellation);
        return new WebSocketWire(socket);
    }

    public async Task<Exchange> ExchangeAsync(JsonArray messages, CancellationToken cancellation)
    {
        var answered = _replies.Expect(messages.OfType<JsonObject>());
        await SendAsync(Encoding.UTF8.GetBytes(messages.ToJsonString()), WebSocketMessageType.Text, cancellation);
        return await answered.WaitAsync(cancellation);
    }

    /// <summary>Sends one frame as it is.</summary>
    public async Task SendAsync(byte[] frame, WebSocketMessageType type, CancellationToken cancellation)
    {
        try
        {
            await _socket.SendAsync(frame, type, endOfMessage: true, cancellation);
        }
        catch (WebSocketException)
        {
            // The server has closed the socket; the receiving side tells the waiting exchange why.
        }
    }

    /// <summary>Closes the socket as a client does, and waits until it is closed.</summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellation);
        await _replies.Closed.WaitAsync(cancellation);
    }

    /// <summary>Ends the socket without a closing handshake, as a lost network does.</summary>
    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        if (_receiving.IsCompleted && _ended.IsCancellationRequested)
            return;
        await _ended.CancelAsync();
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
    }

    async Task ReceiveAsync()
    {
        try
        {
            while (await ReceiveFrameAsync() is { } frame)
                Inbox.Add(_replies.Add(frame));
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // A cut connection: reported as a close without a status.
        }

        _replies.Close(_socket.CloseStatus ?? WebSocketCloseStatus.Empty);
    }

    async Task<string?> ReceiveFrameAsync()
    {
        var buffer = new byte[16 * 1024];
        using var frame = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, _ended.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            frame.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return Encoding.UTF8.GetString(frame.ToArray());
        }
    }
}
