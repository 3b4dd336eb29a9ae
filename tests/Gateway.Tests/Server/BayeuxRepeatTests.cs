using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Tidings.Gateway.Tests.Server;

/// <summary>A Bayeux publish that its client repeats, as Faye's does when no answer came: same session, id and data.</summary>
[Collection(ServerCollection.Name)]
public sealed class BayeuxRepeatTests(GatewayServer server)
{
    private readonly string _channel = GatewayServer.NewChannel();

    [Fact]
    public async Task It_is_acknowledged_each_time_and_stored_once()
    {
        var client = await HandshakeAsync();
        await PublishAsync(client, "\"7\"", "1");
        await PublishAsync(client, "\"7\"", "1");

        Assert.Equal(["1"], await StoredAsync());
    }

    [Fact]
    public async Task In_one_request_it_is_stored_once()
    {
        var message = Publish(await HandshakeAsync(), "\"7\"", "1");
        var replies = await PostAsync($"[{message},{message}]");

        Assert.All(replies, static reply => Assert.True((bool)reply!["successful"]!));
        Assert.Equal(2, replies.Count);
        Assert.Equal(["1"], await StoredAsync());
    }

    [Fact]
    public async Task The_same_id_with_other_data_is_another_message()
    {
        var client = await HandshakeAsync();
        await PublishAsync(client, "\"7\"", "1");
        await PublishAsync(client, "\"7\"", "2");

        Assert.Equal(["1", "2"], await StoredAsync());
    }

    [Fact]
    public async Task The_same_data_with_another_id_or_none_is_another_message()
    {
        var client = await HandshakeAsync();
        await PublishAsync(client, "\"7\"", "1");
        await PublishAsync(client, "7", "1");
        await PublishAsync(client, null, "1");
        await PublishAsync(client, null, "1");

        Assert.Equal(["1", "1", "1", "1"], await StoredAsync());
    }

    [Fact]
    public async Task Another_session_has_ids_of_its_own()
    {
        await PublishAsync(await HandshakeAsync(), "\"7\"", "1");
        await PublishAsync(await HandshakeAsync(), "\"7\"", "1");

        Assert.Equal(["1", "1"], await StoredAsync());
    }

    private async Task<string> HandshakeAsync() =>
        (string)(await PostAsync("""[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]"""))[0]!["clientId"]!;

    private async Task PublishAsync(string client, string? id, string data) =>
        Assert.True((bool)Assert.Single(await PostAsync($"[{Publish(client, id, data)}]"))!["successful"]!);

    private string Publish(string client, string? id, string data) =>
        $$"""{"channel":"{{_channel}}","clientId":"{{client}}","data":{{data}}{{(id is null ? "" : $",\"id\":{id}")}}}""";

    private async Task<JsonArray> PostAsync(string json)
    {
        using var response = await server.Http.PostAsync("/cometd", new StringContent(json, Encoding.UTF8, "application/json"));
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonArray>())!;
    }

    private async Task<IEnumerable<string>> StoredAsync()
    {
        var read = JsonNode.Parse(await server.Http.GetStringAsync("/channels" + _channel))!;
        return read["messages"]!.AsArray().Select(static message => message!["data"]!.ToJsonString()).ToList();
    }
}
