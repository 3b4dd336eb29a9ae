using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>A WebSocket to a secured server.</summary>
internal sealed class SecuredSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Queue<JsonNode> _received = new();

    public static async Task<SecuredSocket> OpenAsync(SecuredServer server, AuthenticationHeaderValue? credentials, string path = "/cometd")
    {
        var client = new SecuredSocket();
        if (credentials is not null)
        {
            client._socket.Options.SetRequestHeader("Authorization", credentials.ToString());
        }

        using var patience = new CancellationTokenSource(Patience);
        await client._socket.ConnectAsync(new UriBuilder(new Uri(server.Address, path)) { Scheme = "ws" }.Uri, patience.Token);
        return client;
    }

    public Task SendAsync(string json) => _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>The next message, whatever it is.</summary>
    public async Task<JsonNode> NextAsync()
    {
        while (_received.Count == 0)
        {
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                var part = await _socket.ReceiveAsync(_buffer, patience.Token);
                Assert.True(part.EndOfMessage && part.MessageType == WebSocketMessageType.Text, "The server closed the socket.");
                foreach (var message in JsonNode.Parse(_buffer.AsSpan(0, part.Count))!.AsArray())
                {
                    _received.Enqueue(message!.DeepClone());
                }
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException("No message came.");
            }
        }

        return _received.Dequeue();
    }

    /// <summary>The next reply to a message of a channel.</summary>
    public async Task<JsonNode> NextAsync(string channel)
    {
        while (true)
        {
            if (await NextAsync() is { } message && (string?)message["channel"] == channel)
            {
                return message;
            }
        }
    }

    /// <summary>Reads until the server closes; the status it says.</summary>
    public async Task<WebSocketCloseStatus?> CloseStatusAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while ((await _socket.ReceiveAsync(_buffer, patience.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        return _socket.CloseStatus;
    }

    public void Dispose() => _socket.Dispose();
}
