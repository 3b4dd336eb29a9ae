using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Cluster.Tests.FrontEnds;

/// <summary>A WebSocket of JSON texts that can be opened again and again.</summary>
sealed class JsonSocket(string? tenant) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    readonly byte[] _buffer = new byte[2 * 1024 * 1024];
    ClientWebSocket? _socket;

    public async Task ConnectAsync(Uri gateway, string path, string? cookie = null)
    {
        _socket?.Dispose();
        _socket = new ClientWebSocket();
        if (cookie != null)
            _socket.Options.SetRequestHeader("Cookie", cookie);
        else if (tenant != null)
        {
            using var client = FrontEndCluster.ClientOf(gateway, tenant);
            _socket.Options.SetRequestHeader("Authorization", client.DefaultRequestHeaders.Authorization!.ToString());
        }

        using var patience = new CancellationTokenSource(Patience);
        await _socket.ConnectAsync(new UriBuilder(gateway) { Scheme = "ws", Path = path }.Uri, patience.Token);
    }

    public async Task SendAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket!.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, patience.Token);
    }

    public async Task<JsonNode> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var length = 0;
        try
        {
            while (true)
            {
                var part = await _socket!.ReceiveAsync(_buffer.AsMemory(length), patience.Token);
                length += part.Count;
                Assert.Equal(WebSocketMessageType.Text, part.MessageType);
                if (part.EndOfMessage)
                    return JsonNode.Parse(_buffer.AsSpan(0, length))!;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Missing after {Patience.TotalSeconds} s: a text.");
        }
    }

    public void Abort() => _socket?.Abort();

    public void Dispose() => _socket?.Dispose();
}
