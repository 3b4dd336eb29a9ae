using System.Text;
using System.Text.Json.Nodes;
using Tidings.Gateway.Tests.Server;

namespace Tidings.Gateway.Tests.Cumulocity;

[Collection(ServerCollection.Name)]
public sealed class JsonDialectTests(GatewayServer server)
{
    private const string Realtime = "/notification/realtime";
    private readonly string _device = GatewayServer.NewChannel()["/test/".Length..];

    public static TheoryData<string> Endpoints =>
        ["/cep/realtime", "/notification/realtime", "/notification/operations", "/devicecontrol/notifications", "/cep/notifications", "/cep/customnotifications"];

    private string Alarms => $"/alarms/{_device}";

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Items_30_31_61_62_and_63_a_bare_handshake_is_answered_in_JSON(string path)
    {
        var reply = Assert.Single(await Client(path).PostAsync("""{"channel":"/meta/handshake","version":"1.0","minimumVersion":"1.0beta"}"""))!;

        Assert.True((bool)reply["successful"]!);
        Assert.Null(reply["id"]);
        Assert.Equal(["long-polling", "smartrest-long-polling", "websocket"], reply["supportedConnectionTypes"]!.AsArray().Select(static type => (string)type!));
        Assert.Equal("1.0", (string)reply["version"]!);
        Assert.Null(reply["ext"]);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Items_30_and_31_an_X_Id_makes_the_same_path_SmartREST(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("80"), Headers = { { "X-Id", "nobody's" } } };
        using var response = await server.Http.SendAsync(request);

        Assert.Equal("40,\"No template for this X-ID.\"\n", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("handshake")]
    [InlineData("connect")]
    [InlineData("subscribe")]
    [InlineData("unsubscribe")]
    [InlineData("disconnect")]
    [InlineData("")]
    public async Task Item_64_a_message_type_after_the_path_means_nothing(string type) =>
        Assert.Equal("/meta/handshake", (string)(await Client(Realtime).PostAsync("""[{"channel":"/meta/handshake","id":"1"}]""", "/" + type))[0]!["channel"]!);

    [Fact]
    public async Task Items_65_and_66_a_poll_of_no_length_is_answered_at_once_and_messages_come_before_its_reply()
    {
        var client = await JsonSession.OpenAsync(server.Http, Realtime, Alarms);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse($$$"""[{"channel":"/meta/connect","clientId":"{{{client.ClientId}}}","successful":true,"advice":{"reconnect":"retry","interval":0,"timeout":5400000}}]"""),
            await client.ConnectAsync("""{"timeout":0}""")));

        var poll = client.ConnectAsync();
        await client.PublishAsync(Alarms, """{"realtimeAction":"CREATE","data":{"id":"1"}}""");

        var answer = await poll;
        Assert.Equal(2, answer.Count);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$$$"""{"channel":"{{{{Alarms}}}}","id":"1","data":{"realtimeAction":"CREATE","data":{"id":"1"}}}"""), answer[0]));
        Assert.Equal("/meta/connect", (string)answer[1]!["channel"]!);
    }

    [Fact]
    public async Task Item_67_an_unknown_client_is_told_in_the_words_that_its_client_knows()
    {
        var client = Client(Realtime);

        var connect = (await client.ConnectAsync())[0]!;
        Assert.Equal("402::Unknown client", (string)connect["error"]!);
        Assert.Equal("handshake", (string)connect["advice"]!["reconnect"]!);
        var subscribe = await client.SubscribeAsync(Alarms);
        Assert.Equal("402::Unknown client", (string)subscribe["error"]!);
        Assert.False((bool)subscribe["successful"]!);
        Assert.Null(subscribe["advice"]);
    }

    [Fact]
    public async Task Item_68_a_poll_asks_for_its_own_time_and_for_how_long_its_session_lives_after_it()
    {
        var client = await JsonSession.OpenAsync(server.Http, Realtime, Alarms);

        Assert.Single(await client.ConnectAsync("""{"timeout":200,"interval":200}"""));
        await Eventually.TrueAsync(() => server.Hub.Find("default", SessionId.PublicOf(client.ClientId)) is null, "the session did not end");

        Assert.Equal("402::Unknown client", (string)(await client.ConnectAsync())[0]!["error"]!);
    }

    [Fact]
    public async Task Item_70_a_pattern_brings_the_messages_of_channels_by_their_names()
    {
        var client = await JsonSession.OpenAsync(server.Http, Realtime, "/alarms/*");
        await client.PublishAsync(Alarms, """{"id":"1"}""");

        var names = new List<string>();
        while (!names.Contains(Alarms))
        {
            names.AddRange((await client.ConnectAsync()).Select(static message => (string)message!["channel"]!));
        }
    }

    [Theory]
    [InlineData("/notification/operations")]
    [InlineData("/devicecontrol/notifications")]
    public async Task Items_71_and_72_operations_are_given_unwrapped_when_they_are_created_and_wrapped_as_real_time(string path)
    {
        var agent = await JsonSession.OpenAsync(server.Http, path, $"/{_device}");
        var browser = await JsonSession.OpenAsync(server.Http, Realtime, $"/operations/{_device}");
        var poll = agent.ConnectAsync();
        await agent.PublishAsync($"/operations/{_device}", """{"realtimeAction":"UPDATE","data":{"id":"1"}}""");
        await agent.PublishAsync($"/operations/{_device}", """{"realtimeAction":"DELETE","data":"1"}""");
        await agent.PublishAsync($"/operations/{_device}", """{"realtimeAction":"CREATE","data":{"id":"2","status":"PENDING"}}""");

        var operation = (await poll)[0]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$$"""{"channel":"/{{{_device}}}","id":"3","data":{"id":"2","status":"PENDING"}}"""), operation), operation.ToJsonString());
        var seen = new List<string>();
        while (seen.Count < 3)
        {
            seen.AddRange((await browser.ConnectAsync()).Where(static message => message!["data"] is not null).Select(static message => message!["data"]!.ToJsonString()));
        }

        Assert.Equal(
            ["""{"realtimeAction":"UPDATE","data":{"id":"1"}}""", """{"realtimeAction":"DELETE","data":"1"}""", """{"realtimeAction":"CREATE","data":{"id":"2","status":"PENDING"}}"""],
            seen);
    }

    [Fact]
    public async Task Item_44_what_an_agent_does_not_see_ends_no_poll()
    {
        var agent = await JsonSession.OpenAsync(server.Http, "/notification/operations", $"/{_device}");

        var poll = agent.ConnectAsync();
        await Eventually.TrueAsync(() => server.Hub.Find("default", SessionId.PublicOf(agent.ClientId))!.Sink is not null, "no poll was held");
        await agent.PublishAsync($"/operations/{_device}", """{"realtimeAction":"UPDATE","data":{"id":"1"}}""");
        await Eventually.TrueAsync(() => server.Hub.Find("default", SessionId.PublicOf(agent.ClientId)) is { HasPending: false }, "the update was not passed over");
        Assert.False(poll.IsCompleted);
        await agent.PublishAsync($"/operations/{_device}", """{"id":"2"}""");

        var answer = await poll;
        Assert.True((string?)answer[0]!["data"]?["id"] == "2", answer.ToJsonString());
    }

    [Theory]
    [InlineData("/cep/notifications")]
    [InlineData("/cep/customnotifications")]
    public async Task Statements_have_a_space_of_their_own(string path)
    {
        var client = await JsonSession.OpenAsync(server.Http, path, Alarms);
        var poll = client.ConnectAsync();
        await client.PublishAsync(Alarms, """{"not":"this"}""");
        await client.PublishAsync("/cep" + Alarms, """{"but":"that"}""");

        var message = (await poll)[0]!;
        Assert.Equal(Alarms, (string)message["channel"]!);
        Assert.Equal("that", (string)message["data"]!["but"]!);
    }

    [Fact]
    public async Task Clients_publish_over_REST_and_not_here()
    {
        var client = await JsonSession.OpenAsync(server.Http, Realtime);

        var reply = (await client.PostAsync($$"""[{"channel":"{{Alarms}}","clientId":"{{client.ClientId}}","data":1}]"""))[0]!;

        Assert.StartsWith("403:", (string)reply["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x y")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/meta/connect")]
    public async Task A_subscription_that_is_none_is_refused(string channel) =>
        Assert.False((bool)(await (await JsonSession.OpenAsync(server.Http, Realtime)).SubscribeAsync(channel))["successful"]!);

    [Fact]
    public async Task The_documented_exchange_is_reproduced()
    {
        var golden = JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Cumulocity", "Transcripts", "connect.json")))!;
        await using var own = await OwnServer.StartAsync();
        using var earlier = await own.Http.PostAsync(
            "/channels/alarms/208", new StringContent(string.Concat(Enumerable.Repeat("{}\n", 78)), Encoding.UTF8, "application/x-ndjson"));
        earlier.EnsureSuccessStatusCode();
        var client = await JsonSession.OpenAsync(own.Http, "/cep/realtime", "/alarms/208");

        var poll = client.TextAsync(golden["request"]!.ToJsonString().Replace("Un1q31d3nt1f13r", client.ClientId, StringComparison.Ordinal));
        await client.PublishAsync("/alarms/208", golden["publish"]!.ToJsonString());

        var answer = JsonNode.Parse((await poll).Replace(client.ClientId, "Un1q31d3nt1f13r", StringComparison.Ordinal));
        Assert.True(JsonNode.DeepEquals(golden["response"], answer), answer!.ToJsonString());
    }

    private JsonSession Client(string path) => new(server.Http, path);
}
