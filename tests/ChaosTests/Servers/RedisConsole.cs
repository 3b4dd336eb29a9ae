using System.Net.Sockets;
using System.Text;

namespace Tidings.ChaosTests.Servers;

/// <summary>Commands to a Redis on loopback, one connection each, as inline commands (Redis serialization protocol, "Inline commands").</summary>
static class RedisConsole
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether it answers PING.</summary>
    public static Task<bool> AnswersAsync(int port) => AnswersAsync(port, "PING", "+PONG");

    /// <summary>Whether a command is answered, and as expected; not by a server that is away or ends the connection.</summary>
    public static async Task<bool> AnswersAsync(int port, string command, string expected)
    {
        try
        {
            return await AskAsync(port, command) == expected;
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Sends a command whose answer is one line, and returns that.</summary>
    public static async Task<string> AskAsync(int port, string command)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", port, limit.Token);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), limit.Token);
        using var answer = new StreamReader(socket.GetStream(), Encoding.ASCII);
        return await answer.ReadLineAsync(limit.Token) ?? throw new IOException("Redis ended the connection.");
    }

    /// <summary>Sends a command that answers OK.</summary>
    public static async Task DoAsync(int port, string command)
    {
        var answer = await AskAsync(port, command);
        if (answer != "+OK")
            throw new InvalidOperationException($"{command}: {answer}");
    }
}
