using System.Text;
using Tidings.Benchmarks.Load;
using Tidings.Benchmarks.Wire;

namespace Tidings.Benchmarks.Clients;

/// <summary>How often a Bayeux client connects.</summary>
internal enum Connects
{
    /// <summary>Not at all: ready when subscribed.</summary>
    Never,

    /// <summary>Once, which servers answer immediately: ready with the answer, between two polls.</summary>
    Once,

    /// <summary>Again after every reply.</summary>
    Always,
}

/// <summary>
/// A Bayeux client: handshake, subscribe when <paramref name="channel"/> is given, then as many connects as <paramref name="connects"/> says
/// (https://docs.cometd.org, Bayeux specification). Stamped messages go to <paramref name="subscriber"/>.
/// </summary>
/// <param name="connectionType">The Bayeux connection type.</param>
/// <param name="channel">The channel; null for none.</param>
/// <param name="subscriber">Hears the stamps.</param>
/// <param name="connects">How often it connects.</param>
/// <param name="ext">The handshake's <c>ext</c>, a comma before it; empty for none.</param>
internal sealed class BayeuxConversation(string connectionType, string? channel, Subscriber? subscriber, Connects connects = Connects.Always, string ext = "") : IConversation
{
    enum Stage { Handshake, Subscribe, FirstConnect, Live }

    Stage _stage;

    public bool IsReady => _stage == Stage.Live;

    public string? Failure { get; private set; }

    /// <summary>The session's id, once ready.</summary>
    public string ClientId { get; private set; } = "";

    public byte[] Open() => Encoding.UTF8.GetBytes(
        $$"""[{"id":"1","channel":"/meta/handshake","version":"1.0","minimumVersion":"1.0","supportedConnectionTypes":["{{connectionType}}"]{{ext}}}]""");

    public byte[]? Hear(ReadOnlySpan<byte> text, long now) => _stage switch
    {
        Stage.Handshake => HearHandshake(text),
        Stage.Subscribe => HearSubscribe(text),
        Stage.FirstConnect => HearFirstConnect(text),
        _ => HearLive(text, now),
    };

    public byte[]? Farewell() =>
        ClientId.Length == 0 ? null : Encoding.UTF8.GetBytes($$"""[{"id":"4","channel":"/meta/disconnect","clientId":"{{ClientId}}"}]""");

    byte[]? HearHandshake(ReadOnlySpan<byte> text)
    {
        var id = ValueOf("\"clientId\":\""u8, text);
        if (id is null || !Accepted("/meta/handshake"u8, text))
            return null;
        ClientId = id;
        if (channel is null)
            return Begin();
        _stage = Stage.Subscribe;
        return Encoding.UTF8.GetBytes($$"""[{"id":"2","channel":"/meta/subscribe","clientId":"{{id}}","subscription":"{{channel}}"}]""");
    }

    byte[]? HearSubscribe(ReadOnlySpan<byte> text) => Accepted("/meta/subscribe"u8, text) ? Begin() : null;

    byte[]? Begin()
    {
        _stage = connects == Connects.Once ? Stage.FirstConnect : Stage.Live;
        return connects == Connects.Never ? null : Connect();
    }

    byte[]? HearFirstConnect(ReadOnlySpan<byte> text)
    {
        if (Accepted("/meta/connect"u8, text))
            _stage = Stage.Live;
        return null;
    }

    byte[]? HearLive(ReadOnlySpan<byte> text, long now)
    {
        subscriber?.Scan(text, now);
        if (text.IndexOf("\"successful\":false"u8) >= 0)
            Failure = "the server refused: " + Encoding.UTF8.GetString(text[..Math.Min(300, text.Length)]);
        return connects == Connects.Always && text.IndexOf("\"/meta/connect\""u8) >= 0 ? Connect() : null;
    }

    byte[] Connect() => Encoding.UTF8.GetBytes(
        $$"""[{"id":"3","channel":"/meta/connect","clientId":"{{ClientId}}","connectionType":"{{connectionType}}"}]""");

    bool Accepted(ReadOnlySpan<byte> metaChannel, ReadOnlySpan<byte> text)
    {
        if (text.IndexOf(metaChannel) < 0)
            return false;
        if (text.IndexOf("\"successful\":true"u8) < 0)
            Failure = "the server refused: " + Encoding.UTF8.GetString(text[..Math.Min(300, text.Length)]);
        return Failure is null;
    }

    static string? ValueOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf(name);
        if (at < 0)
            return null;
        var value = text[(at + name.Length)..];
        return Encoding.UTF8.GetString(value[..value.IndexOf((byte)'"')]);
    }
}
