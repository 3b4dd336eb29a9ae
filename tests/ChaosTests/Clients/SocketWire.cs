using System.Net.WebSockets;
using System.Text.Json;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Clients;

/// <summary>websocket: text frames of JSON arrays, both ways.</summary>
sealed class SocketWire : Wire
{
    static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(5);

    readonly ClientWebSocket _socket = new();
    readonly SemaphoreSlim _sending = new(1);
    Task _receiving = Task.CompletedTask;

    SocketWire(Action<JsonElement> arrived)
        : base(arrived)
    {
    }

    /// <exception cref="LinkLostException">Nobody took the connection.</exception>
    public static async Task<Wire> OpenAsync(Uri endpoint, Action<JsonElement> arrived)
    {
        var wire = new SocketWire(arrived);
        wire._socket.Options.CollectHttpResponseDetails = true;
        wire._socket.Options.Proxy = null;
        using var limit = new CancellationTokenSource(OpenPatience);
        try
        {
            await wire._socket.ConnectAsync(new UriBuilder(endpoint) { Scheme = "ws" }.Uri, limit.Token);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or HttpRequestException or IOException)
        {
            wire._socket.Dispose();
            throw new LinkLostException($"no socket: {failure.Message}");
        }
        wire.Gateway = wire._socket.HttpResponseHeaders?.TryGetValue("X-Served-By", out var names) == true ? names.First() : null;
        wire._receiving = wire.ReceiveAsync();
        return wire;
    }

    public override async Task SendAsync(ReadOnlyMemory<byte> messages)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(messages, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The receiving side knows how the socket ended, and tells.
        }
        finally
        {
            _sending.Release();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        Cut(ConnectionEnd.Done);
        await _receiving;
        _socket.Dispose();
    }

    protected override void Abort() => _socket.Abort();

    async Task ReceiveAsync()
    {
        try
        {
            while (await ReceiveFrameAsync() is { } frame)
                Arrive(frame);
            End(ConnectionEnd.Closed);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            End(ConnectionEnd.Broken);
        }
    }

    async Task<ReadOnlyMemory<byte>?> ReceiveFrameAsync()
    {
        var frame = new MemoryStream();
        var buffer = new byte[8 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            frame.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return frame.ToArray();
        }
    }
}
