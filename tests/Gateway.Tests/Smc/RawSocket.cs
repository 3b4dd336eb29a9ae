using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Tidings.Gateway.Tests.Smc;

/// <summary>A WebSocket client that shows every frame as it is on the wire (RFC 6455).</summary>
internal sealed class RawSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly TcpClient _tcp = new();

    /// <summary>The answer to the upgrade, headers included.</summary>
    public string Response { get; private set; } = "";

    /// <summary>Opens a notification socket.</summary>
    public static Task<RawSocket> OpenAsync(Uri address, string cookie) =>
        OpenAsync(address, "/7.2.1/notification/socket", $"Cookie: JSESSIONID={cookie}\r\n");

    /// <summary>Opens a socket anywhere.</summary>
    public static async Task<RawSocket> OpenAsync(Uri address, string path, string headers)
    {
        var socket = new RawSocket();
        await socket._tcp.ConnectAsync(address.Host, address.Port);
        await socket._tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Extensions: permessage-deflate\r\n"
            + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"));
        var response = new StringBuilder();
        while (!response.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            response.Append((char)(await socket.ReadAsync(1))[0]);
        }

        socket.Response = response.ToString();
        return socket;
    }

    /// <summary>Sends a text frame of at most 125 bytes, masked with zeros.</summary>
    public async Task SendAsync(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        await _tcp.GetStream().WriteAsync((byte[])[0x81, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]);
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendBytesAsync(byte[] bytes) => await _tcp.GetStream().WriteAsync(bytes);

    /// <summary>Waits until the server ends the connection.</summary>
    /// <returns>All that it sent before.</returns>
    public async Task<byte[]> EndsAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var all = new List<byte>();
        var bytes = new byte[1024];
        try
        {
            while (await _tcp.GetStream().ReadAsync(bytes, patience.Token) is > 0 and var count)
            {
                all.AddRange(bytes[..count]);
            }
        }
        catch (IOException)
        {
            // Reset.
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("Missing: the end of the connection.");
        }

        return [.. all];
    }

    /// <summary>The next frame: its first byte (0x81 is a whole text message, uncompressed) and its payload.</summary>
    public async Task<(int Head, string Payload)> NextAsync()
    {
        var head = await ReadAsync(2);
        var length = head[1] == 126 ? BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)) : head[1];
        return (head[0], Encoding.UTF8.GetString(await ReadAsync(length)));
    }

    public void Dispose() => _tcp.Dispose();

    private async Task<byte[]> ReadAsync(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var bytes = new byte[count];
        try
        {
            await _tcp.GetStream().ReadExactlyAsync(bytes, patience.Token);
            return bytes;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Missing: {count} bytes of a frame.");
        }
    }
}
