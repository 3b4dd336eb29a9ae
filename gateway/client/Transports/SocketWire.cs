using System.Net.Http.Headers;
using System.Net.WebSockets;

namespace Tidings.Client.Transports;

/// <summary>websocket: text frames of JSON arrays, both ways (RFC 6455).</summary>
internal sealed class SocketWire : Wire
{
    public const string Name = "websocket";

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly ClientWebSocket _socket;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly FrameBuffer _frame;
    private Task _receiving = Task.CompletedTask;

    private SocketWire(ClientWebSocket socket, int maxBytes, Func<ReadOnlyMemory<byte>, ValueTask> arrived)
        : base(arrived)
    {
        _socket = socket;
        _frame = new FrameBuffer(maxBytes);
    }

    public override string ConnectionType => Name;

    /// <exception cref="LinkLostException">There is no socket; its status says what the server answered, if it did.</exception>
    public static async Task<SocketWire> OpenAsync(
        Uri endpoint, HttpMessageInvoker http, AuthenticationHeaderValue? authorization, int maxBytes, Func<ReadOnlyMemory<byte>, ValueTask> arrived, CancellationToken limit)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = socket.Options.KeepAliveTimeout = KeepAlive;
        if (authorization is not null)
        {
            socket.Options.SetRequestHeader("Authorization", authorization.ToString());
        }

        try
        {
            var scheme = endpoint.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
            await socket.ConnectAsync(new UriBuilder(endpoint) { Scheme = scheme }.Uri, http, limit);
        }
        catch (Exception failure) when (failure is WebSocketException or HttpRequestException or IOException or OperationCanceledException)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new LinkLostException($"No WebSocket at {endpoint}: {failure.Message}", failure) { Status = status == 0 ? null : status };
        }

        var wire = new SocketWire(socket, maxBytes, arrived);
        wire._receiving = Task.Run(wire.ReceiveAsync, CancellationToken.None);
        return wire;
    }

    public override async Task SendAsync(ReadOnlyMemory<byte> messages)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(messages, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            End(new LinkLostException($"The socket cannot be written to: {failure.Message}", failure));
        }
        finally
        {
            _sending.Release();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        End(new LinkLostException("closed"));
        if (_socket.State == WebSocketState.Open)
        {
            using var limit = new CancellationTokenSource(CloseTimeout);
            try
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            }
            catch (Exception failure) when (failure is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
            {
                // It broke meanwhile; that ends it as well.
            }
        }

        _socket.Abort();
        await _receiving;
        _socket.Dispose();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await ReceiveFrameAsync())
            {
                await ArriveAsync(_frame.Written);
                _frame.Clear();
            }

            End(new LinkLostException($"The server closed the socket: {_socket.CloseStatus} {_socket.CloseStatusDescription}".TrimEnd()));
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidDataException)
        {
            End(new LinkLostException($"The socket broke: {failure.Message}", failure));
        }
    }

    private async Task<bool> ReceiveFrameAsync()
    {
        while (true)
        {
            var part = await _socket.ReceiveAsync(_frame.Free(), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return false;
            }

            _frame.Advance(part.Count);
            if (part.EndOfMessage)
            {
                return true;
            }
        }
    }
}
