using System.Text.Json.Nodes;

namespace Tidings.ChaosTests.Clients;

/// <summary>The requests of a Bayeux client, with ids counted up as stock clients count them.</summary>
sealed class Requests(string transport)
{
    int _lastId;

    public JsonObject Handshake(JsonObject ext) => new()
    {
        ["id"] = NextId(),
        ["channel"] = "/meta/handshake",
        ["version"] = "1.0",
        ["supportedConnectionTypes"] = new JsonArray(transport),
        ["ext"] = ext,
    };

    public JsonObject Subscribe(string clientId, IEnumerable<string> patterns, JsonObject ext) => new()
    {
        ["id"] = NextId(),
        ["channel"] = "/meta/subscribe",
        ["clientId"] = clientId,
        ["subscription"] = new JsonArray([.. patterns.Select(pattern => (JsonNode)pattern)]),
        ["ext"] = ext,
    };

    /// <param name="clientId">The session.</param>
    /// <param name="atOnce">Whether the answer is wanted at once, as clients ask after each failure.</param>
    /// <param name="ext">Extensions.</param>
    public JsonObject Connect(string clientId, bool atOnce, JsonObject ext)
    {
        var request = new JsonObject
        {
            ["id"] = NextId(),
            ["channel"] = "/meta/connect",
            ["clientId"] = clientId,
            ["connectionType"] = transport,
            ["ext"] = ext,
        };
        if (atOnce)
            request["advice"] = new JsonObject { ["timeout"] = 0 };
        return request;
    }

    string NextId() => $"{Interlocked.Increment(ref _lastId)}";
}
