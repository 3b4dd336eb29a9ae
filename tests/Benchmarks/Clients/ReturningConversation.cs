using System.Text;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>A Bayeux client whose WebSocket broke and who goes on with the session it has: it connects, and is served when a message of its channel comes.</summary>
/// <param name="clientId">The session.</param>
/// <param name="channel">The channel that it subscribed to before.</param>
internal sealed class ReturningConversation(string clientId, string channel) : IConversation
{
    readonly byte[] _channel = Encoding.UTF8.GetBytes($"\"{channel}\"");

    public bool IsReady { get; private set; }

    public string? Failure { get; private set; }

    public byte[] Open() => Connect();

    public byte[]? Hear(ReadOnlySpan<byte> text, long now)
    {
        if (text.IndexOf("\"successful\":false"u8) >= 0)
        {
            Failure = Encoding.UTF8.GetString(text[..Math.Min(300, text.Length)]);
            return null;
        }
        IsReady |= text.IndexOf(_channel) >= 0;
        return text.IndexOf("\"/meta/connect\""u8) >= 0 ? Connect() : null;
    }

    public byte[]? Farewell() => null;

    byte[] Connect() => Encoding.UTF8.GetBytes($$"""[{"id":"3","channel":"/meta/connect","clientId":"{{clientId}}","connectionType":"websocket"}]""");
}
