using System.Net;
using System.Net.WebSockets;

namespace Tidings.Gateway.Tests.Personium;

/// <summary>A topic's socket. Numbers are those of the protocol's behaviour, item by item.</summary>
[Collection(PersoniumServerCollection.Name)]
public sealed class TopicSocketTests(PersoniumServer server)
{
    [Theory]
    [InlineData("/cell1/__topic/box1/none.topic.t1")] // 19
    [InlineData("/cell1/__topic/box1/nonsense")]
    [InlineData("/nocell/__topic/box1/none.topic.t1")]
    public async Task Any_well_formed_address_upgrades_and_a_token_tells_nothing(string path)
    {
        using var client = await server.OpenAsync(path);
        await client.TokenAsync(await server.TokenAsync("owner"));
        await client.FailsAsync("AccessToken", "Token inactive");
    }

    [Fact]
    public async Task Slashes_in_the_path_are_no_address() // 20
    {
        var failure = await Assert.ThrowsAsync<WebSocketException>(() => server.OpenAsync("/cell1/__topic/box1/col1/topic/t1"));
        Assert.Contains("404", failure.Message);
    }

    [Fact]
    public async Task A_good_token_has_its_time_told() // 21
    {
        using var client = await server.ConnectAsync(await server.NewStreamAsync());
        var token = (string)(await server.GrantAsync("receiver"))["access_token"]!;
        await client.TokenAsync(token);
        var reply = (await client.NextAsync())!;
        Assert.Equal(["Response", "Result", "ExpiresIn", "Timestamp"], reply.AsObject().Select(static member => member.Key));
        Assert.Equal("AccessToken", (string?)reply["Response"]);
        Assert.InRange((long)reply["ExpiresIn"]!, 590, 600);
        Assert.InRange((long)reply["Timestamp"]!, 1_700_000_000, 4_000_000_000);
    }

    [Theory] // 22
    [InlineData("reader")]
    [InlineData("sender")]
    [InlineData("nobody")]
    public async Task Who_may_not_listen_is_told_what_a_bad_token_is_told(string user)
    {
        using var client = await server.ConnectAsync(await server.NewStreamAsync());
        await client.TokenAsync(await server.TokenAsync(user));
        await client.FailsAsync("AccessToken", "Token inactive");
    }

    [Fact]
    public async Task Another_cells_token_is_inactive()
    {
        using var client = await server.ConnectAsync(await server.NewStreamAsync());
        await client.TokenAsync(await server.TokenAsync("owner", "cell2"));
        await client.FailsAsync("AccessToken", "Token inactive");
    }

    [Theory] // 23, 37
    [InlineData("abc", false)]
    [InlineData("{}", false)]
    [InlineData("""{"Subscribe":{}}""", true)]
    [InlineData("""{"AccessToken":null}""", true)]
    [InlineData("null", true)]
    public async Task What_is_no_request_is_told_and_closes(string text, bool isLate)
    {
        var stream = await server.NewStreamAsync();
        using var client = isLate ? await server.ListenAsync(stream) : await server.ConnectAsync(stream);
        await client.SendAsync(text);
        await client.FailsAsync("Unknown", "Invalid message");
    }

    [Fact]
    public async Task A_bad_token_is_inactive() // 24
    {
        using var client = await server.ConnectAsync(await server.NewStreamAsync());
        await client.TokenAsync("expired");
        await client.FailsAsync("AccessToken", "Token inactive");
    }

    [Theory]
    [InlineData("""{"hoge":"testmessage","flag":true}""", """{"hoge":"testmessage","flag":true}""")] // 26
    [InlineData("plain", """{"content":"plain"}""")] // 27
    [InlineData("[1]", """{"content":"[1]"}""")]
    [InlineData("null", "null")]
    public async Task Every_listener_gets_what_is_sent(string sent, string body) // 28
    {
        var stream = await server.NewStreamAsync();
        using var one = await server.ListenAsync(stream);
        using var two = await server.ListenAsync(stream, "both");
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("POST", stream + "/topic/t1", "sender", sent)).Status);
        foreach (var client in new[] { one, two })
        {
            var message = (await client.NextAsync())!;
            Assert.Equal(["From", "Body"], message.AsObject().Select(static member => member.Key));
            Assert.Equal($"{server.Address}cell1/", (string?)message["From"]);
            Assert.Equal(body, message["Body"]?.ToJsonString() ?? "null");
        }
    }

    [Fact]
    public async Task Only_what_is_sent_while_one_listens_comes_and_at_once() // 29, 36
    {
        var stream = await server.NewStreamAsync();
        using var client = await server.ConnectAsync(stream);
        await server.AskAsync("POST", stream + "/topic/t1", "sender", """{"n":0}""");
        await client.TokenAsync(await server.TokenAsync("receiver"));
        Assert.Equal("Success", (string?)(await client.NextAsync())!["Result"]);
        await server.AskAsync("POST", stream + "/topic/t2", "sender", """{"n":1}""");
        await server.AskAsync("POST", stream + "/topic/t1", "sender", """{"n":2}""");
        Assert.Equal(2, (int)(await client.NextAsync())!["Body"]!["n"]!);
    }

    [Fact]
    public async Task A_session_is_prolonged_without_a_double() // 30
    {
        var stream = await server.NewStreamAsync();
        using var client = await server.ListenAsync(stream);
        await client.TokenAsync((string)(await server.GrantAsync("receiver"))["access_token"]!);
        Assert.Equal("Success", (string?)(await client.NextAsync())!["Result"]);
        await server.AskAsync("POST", stream + "/topic/t1", "sender", """{"n":1}""");
        await server.AskAsync("POST", stream + "/topic/t1", "sender", """{"n":2}""");
        Assert.Equal(1, (int)(await client.NextAsync())!["Body"]!["n"]!);
        Assert.Equal(2, (int)(await client.NextAsync())!["Body"]!["n"]!);
    }

    [Fact]
    public async Task A_bad_token_ends_a_good_session() // 31
    {
        using var client = await server.ListenAsync(await server.NewStreamAsync());
        await client.TokenAsync("nonsense");
        await client.FailsAsync("AccessToken", "Token inactive");
    }

    [Theory]
    [InlineData("ACL", $"<D:acl {PersoniumServer.Namespaces}/>")]
    [InlineData("DELETE", null)]
    public async Task Who_may_not_listen_any_more_is_closed_without_a_word(string method, string? body)
    {
        var stream = await server.NewStreamAsync();
        using var client = await server.ListenAsync(stream);
        using var changed = await server.SendAsync(method, stream, "owner", body);
        Assert.True(changed.IsSuccessStatusCode);

        // What is sent in the first second may still come.
        var channel = $"/channels/personium{stream["/cell1".Length..]}/topic/t1";
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        do
        {
            Assert.False(patience.IsCancellationRequested, "The socket stays open.");
            Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("POST", channel, "owner", "{}")).Status);
        }
        while (await client.NextAsync() is not null);
    }

    [Fact]
    public async Task Both_forms_of_address_are_one_topic() // 34
    {
        var stream = await server.NewStreamAsync();
        using var byPath = await server.ListenAsync(stream);
        using var byHost = await server.OpenAsync($"/__topic/box1/{stream["/cell1/box1/".Length..]}.topic.t1", "cell1.unit1.example");
        await byHost.TokenAsync(await server.TokenAsync("receiver"));
        Assert.Equal("Success", (string?)(await byHost.NextAsync())!["Result"]);

        using var response = await server.SendAsync("POST", stream["/cell1".Length..] + "/topic/t1", "sender", "{}", host: "cell1.unit1.example");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"{server.Address}cell1/", (string?)(await byPath.NextAsync())!["From"]);
        Assert.Equal("http://cell1.unit1.example/", (string?)(await byHost.NextAsync())!["From"]);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/channels/a")]
    [InlineData("/")]
    public async Task A_cells_host_serves_nothing_else(string path)
    {
        using var response = await server.SendAsync("GET", path, null, host: "cell1.unit1.example");
        Assert.True(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized, response.StatusCode.ToString());
        Assert.Contains("PR40", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Queues_are_not_listened_to() // 35
    {
        var stream = await server.NewStreamAsync();
        using var client = await server.OpenAsync($"/cell1/__topic/box1/{stream["/cell1/box1/".Length..]}.queue.q1");
        await client.TokenAsync(await server.TokenAsync("owner"));
        await client.FailsAsync("AccessToken", "Token inactive");
    }

    [Fact]
    public async Task A_topic_is_a_channel_for_every_protocol()
    {
        var stream = await server.NewStreamAsync();
        using var client = await server.ListenAsync(stream);
        var channel = $"/channels/personium/box1/{stream["/cell1/box1/".Length..]}/topic/t1";
        using var request = new HttpRequestMessage(HttpMethod.Post, channel) { Content = new StringContent("hello") };
        request.Headers.Authorization = new("Bearer", await server.TokenAsync("sender"));
        using var response = await server.Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        Assert.Equal("""{"content":"hello"}""", (await client.NextAsync())!["Body"]!.ToJsonString());

        await server.AskAsync("POST", stream + "/topic/t1", "sender", """{"n":1}""");
        Assert.Contains("""{"n":1}""", (await server.AskAsync("GET", channel, "receiver")).Body);
    }
}
