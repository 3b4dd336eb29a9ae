using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Cumulocity;

/// <summary>A client of a real-time endpoint that speaks JSON over long polls.</summary>
internal sealed class JsonSession(HttpClient http, string path)
{
    public string ClientId { get; private set; } = "";

    public static async Task<JsonSession> OpenAsync(HttpClient http, string path, params string[] channels)
    {
        var session = new JsonSession(http, path);
        var reply = (await session.PostAsync("""[{"channel":"/meta/handshake","version":"1.0"}]"""))[0]!;
        Assert.True((bool)reply["successful"]!, reply.ToJsonString());
        session.ClientId = (string)reply["clientId"]!;
        foreach (var channel in channels)
        {
            Assert.True((bool)(await session.SubscribeAsync(channel))["successful"]!, channel);
        }

        Assert.True((bool)(await session.ConnectAsync())[^1]!["successful"]!);
        return session;
    }

    public async Task<JsonNode> SubscribeAsync(string channel) =>
        (await PostAsync($$"""[{"channel":"/meta/subscribe","clientId":"{{ClientId}}","subscription":"{{channel}}"}]"""))[0]!;

    public Task<JsonArray> ConnectAsync(string? advice = null) => PostAsync(Connect(advice));

    public string Connect(string? advice = null) =>
        $$"""[{"channel":"/meta/connect","clientId":"{{ClientId}}","connectionType":"long-polling"{{(advice is null ? "" : $",\"advice\":{advice}")}}}]""";

    public async Task<JsonArray> PostAsync(string json, string suffix = "") => JsonNode.Parse(await TextAsync(json, suffix))!.AsArray();

    public async Task<string> TextAsync(string json, string suffix = "")
    {
        using var response = await http.PostAsync(path + suffix, new StringContent(json, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    public async Task PublishAsync(string channel, string json)
    {
        using var response = await http.PostAsync("/channels" + channel, new StringContent(json, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
