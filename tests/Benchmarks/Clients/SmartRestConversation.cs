using System.Net;
using System.Text;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>
/// A SmartREST client: 80, 81, then 83 again after every answer (Cumulocity documentation, "SmartREST real-time notifications"). Its rows
/// hold the stamps of messages, which go to <paramref name="subscriber"/>.
/// </summary>
internal sealed class SmartRestConversation(string channel, Subscriber subscriber) : IConversation
{
    public const string Path = "/cep/realtime";
    public const string Header = $"X-Id: {XId}\r\n";

    const string XId = "bench";
    const string Templates = "11,100,,$.m,$.m\n11,101,,$.never,$.m\n";

    enum Stage { Handshake, Subscribe, Live }

    Stage _stage;
    string _client = "";

    public bool IsReady => _stage == Stage.Live;

    public string? Failure { get; private set; }

    /// <summary>Creates the templates that all clients use.</summary>
    public static async Task RegisterAsync(IPEndPoint server)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{server}/s") { Content = new StringContent(Templates), Headers = { { "X-Id", XId } } };
        using var response = await http.SendAsync(request);
        var rows = await response.Content.ReadAsStringAsync();
        if (!rows.StartsWith("20,", StringComparison.Ordinal))
            throw new BenchmarkException($"the templates were not created: {rows}");
    }

    public byte[] Open() => "80"u8.ToArray();

    public byte[]? Hear(ReadOnlySpan<byte> text, long now)
    {
        switch (_stage)
        {
            case Stage.Handshake when !text.Contains((byte)','):
                _client = Encoding.ASCII.GetString(text).TrimEnd('\n');
                _stage = Stage.Subscribe;
                return Encoding.ASCII.GetBytes($"81,{_client},{channel}");
            case Stage.Subscribe when text.IsEmpty:
                _stage = Stage.Live;
                return Connect();
            case Stage.Live when text.IndexOf(",handshake"u8) < 0 && !text.StartsWith("40,"u8):
                subscriber.Scan(text, now);
                return Connect();
            default:
                Failure = "the server refused: " + Encoding.UTF8.GetString(text[..Math.Min(300, text.Length)]);
                return null;
        }
    }

    public byte[]? Farewell() => _client.Length == 0 ? null : Encoding.ASCII.GetBytes($"84,{_client}");

    byte[] Connect() => Encoding.ASCII.GetBytes($"83,{_client}");
}
