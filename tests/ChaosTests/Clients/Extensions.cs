using System.Text.Json;
using System.Text.Json.Nodes;
using Tidings.ChaosTests.Records;

namespace Tidings.ChaosTests.Clients;

/// <summary>What a client sends and reads in <c>ext</c>: acknowledged batches, ids to replay from, gaps; and the receipts themselves.</summary>
sealed class Extensions(SessionKind kind, IReadOnlyList<string> patterns, SessionLog log)
{
    const int NewOnly = -1;
    const int Everything = -2;

    readonly Dictionary<string, long> _lastIds = [];
    readonly Lock _lock = new();
    long _batch;
    bool _isKnown;

    /// <summary>A new session begins: its batches are counted anew.</summary>
    public void Begin()
    {
        lock (_lock)
            _batch = 0;
    }

    public JsonObject OfHandshake() => kind.Assurance switch
    {
        Assurance.Ack => new JsonObject { ["ack"] = true },
        Assurance.Replay or Assurance.ReplayAnew => new JsonObject { ["replay"] = true },
        _ => [],
    };

    public JsonObject OfConnect()
    {
        lock (_lock)
            return kind.Assurance == Assurance.Ack ? new JsonObject { ["ack"] = _batch } : [];
    }

    /// <summary>For each channel the last id seen; where none was seen, only what is new at first, and everything when coming back.</summary>
    public JsonObject OfSubscribe()
    {
        if (!kind.Replays)
            return [];
        lock (_lock)
        {
            var unseen = _isKnown ? Everything : NewOnly;
            _isKnown = true;
            var ids = patterns.Select(pattern => KeyValuePair.Create(pattern, (JsonNode?)_lastIds.GetValueOrDefault(pattern, unseen)));
            return new JsonObject { ["replay"] = new JsonObject(ids) };
        }
    }

    /// <summary>Whether the server agreed to what the client relies on.</summary>
    public void Check(JsonElement handshake)
    {
        var wanted = kind.Assurance == Assurance.Ack ? "ack" : kind.Replays ? "replay" : null;
        if (wanted != null && !(handshake.TryGetProperty("ext", out var ext) && ext.TryGetProperty(wanted, out _)))
            log.Refuse($"the handshake's reply does not agree to {wanted}");
    }

    public void Receive(JsonElement message, int connection)
    {
        var channel = message.GetProperty("channel").GetString()!;
        if (channel == "/meta/connect")
            ReadConnect(message);
        else if (!message.TryGetProperty("successful", out _) && message.TryGetProperty("data", out var data))
            ReadEvent(channel, data, connection);
    }

    void ReadConnect(JsonElement reply)
    {
        if (!reply.TryGetProperty("ext", out var ext))
            return;
        if (ext.TryGetProperty("gaps", out var gaps))
            log.Gap(gaps.GetRawText());
        lock (_lock)
        {
            if (ext.TryGetProperty("ack", out var ack) && ack.TryGetInt64(out var batch))
                _batch = batch;
        }
    }

    void ReadEvent(string channel, JsonElement data, int connection)
    {
        log.Receive(Payload.Read(channel, data), connection);
        if (kind.Replays && data.TryGetProperty("event", out var info) && info.TryGetProperty("replayId", out var id))
        {
            lock (_lock)
                _lastIds[channel] = id.GetInt64();
        }
    }
}
