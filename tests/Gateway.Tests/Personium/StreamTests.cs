using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Tidings.Gateway.Tests.Personium;

/// <summary>Queues and topics over HTTP. Numbers are those of the protocol's behaviour, item by item.</summary>
[Collection(PersoniumServerCollection.Name)]
public sealed class StreamTests(PersoniumServer server)
{
    [Fact]
    public async Task Without_a_token_credentials_are_asked_for() // 6
    {
        var path = await server.NewStreamAsync();
        using var response = await server.SendAsync("POST", path + "/topic/t1", null, "{}");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("PR401-AU-0001", await response.Content.ReadAsStringAsync());
        Assert.Contains(response.Headers.WwwAuthenticate, header => header.Scheme == "Bearer" && header.Parameter == $"realm=\"{server.Address}cell1/\"");
    }

    [Fact]
    public async Task A_token_that_is_none_has_its_own_error()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/cell1/box1/c/topic/t1");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer AA~nonsense");
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("PR401-AU-0006", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_refresh_token_is_no_access_token()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/cell1/box1/c/topic/t1");
        request.Headers.Authorization = new("Bearer", (string)(await server.GrantAsync("sender"))["refresh_token"]!);
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("PR401-AU-0007", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("POST", "topic/t1", "writer", 403, "PR403-AU-0002")] // 7
    [InlineData("POST", "queue/undeclared", "sender", 404, "PR404-DV-0001")] // 8
    [InlineData("POST", "queue/undeclared", "nobody", 403, "PR403-AU-0002")] // 8
    [InlineData("GET", "queue/q1", "reader", 403, "PR403-AU-0002")] // 12
    [InlineData("GET", "topic/t1", "receiver", 405, "PR405-MC-0001")] // 15
    [InlineData("GET", "topic/undeclared", "receiver", 404, "PR404-DV-0001")] // 15
    [InlineData("DELETE", "topic/t1", "owner", 405, "PR405-MC-0001")]
    public async Task Privileges_come_first_then_declarations_then_methods(string method, string name, string user, int expected, string code)
    {
        var path = await server.NewStreamAsync();
        var (status, body) = await server.AskAsync(method, $"{path}/{name}", user, method == "POST" ? "{}" : null);
        Assert.Equal(expected, (int)status);
        Assert.Contains(code, body);
    }

    [Theory]
    [InlineData("POST", "q1", """{"a":1}""", """[{"a":1}]""")] // 9
    [InlineData("PUT", "q1", """{"a":1}""", """[{"a":1}]""")] // 10
    [InlineData("PUT", "q1('k')", """{"a":1}""", """[{"a":1}]""")] // 11
    [InlineData("POST", "q1", "hello", """[{"content":"hello"}]""")] // 14
    [InlineData("POST", "q1", "[1,2]", """[{"content":"[1,2]"}]""")] // 14
    [InlineData("POST", "q1", "", """[{"content":""}]""")]
    [InlineData("POST", "q1", "null", "[]")]
    public async Task What_is_sent_to_a_queue_is_read_once(string method, string name, string sent, string read)
    {
        var path = await server.NewStreamAsync();
        Assert.Equal((HttpStatusCode.OK, ""), await server.AskAsync(method, $"{path}/queue/{name}", "sender", sent));
        Assert.Equal((HttpStatusCode.OK, read), await server.AskAsync("GET", path + "/queue/q1", "receiver"));
        Assert.Equal((HttpStatusCode.OK, "[]"), await server.AskAsync("GET", path + "/queue/q1", "receiver"));
    }

    [Theory]
    [InlineData("naïve", "na%C3%AFve")]
    [InlineData("100%", "100%25")]
    [InlineData("a{b}&c;d", "a%7Bb%7D&c;d")]
    [InlineData("日本", "%E6%97%A5%E6%9C%AC")]
    public async Task Names_that_no_channel_could_have_are_names_all_the_same(string name, string inPath)
    {
        var path = await server.NewStreamAsync();
        await server.DeclareAsync(path, $"<p:queues><p:queue>{new XText(name)}</p:queue><p:queue>other</p:queue></p:queues>");
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("POST", $"{path}/queue/{inPath}", "owner", """{"a":1}""")).Status);
        Assert.Equal("[]", (await server.AskAsync("GET", $"{path}/queue/other", "owner", null)).Body);
        Assert.Equal("""[{"a":1}]""", (await server.AskAsync("GET", $"{path}/queue/{inPath}", "owner", null)).Body);
    }

    [Fact]
    public async Task A_message_goes_to_one_reader() // 13
    {
        var path = await server.NewStreamAsync();
        for (var round = 0; round < 5; round++)
        {
            await server.AskAsync("POST", path + "/queue/q1", "sender", $$"""{"n":{{round}}}""");
            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.AskAsync("GET", path + "/queue/q1", "receiver")));
            Assert.Equal($$"""[{"n":{{round}}}]""", Assert.Single(answers, static answer => answer.Body != "[]").Body);
        }
    }

    [Fact]
    public async Task A_queue_of_a_collection_made_anew_is_empty()
    {
        var path = await server.NewStreamAsync();
        await server.AskAsync("POST", path + "/queue/q1", "sender", "{}");
        Assert.Equal(HttpStatusCode.NoContent, (await server.AskAsync("DELETE", path, "owner")).Status);

        Assert.Equal(HttpStatusCode.Created, (await server.AskAsync("MKCOL", path, "owner", PersoniumServer.MakeStream)).Status);
        await server.DeclareAsync(path, "<p:queues><p:queue>q1</p:queue></p:queues>");
        Assert.Equal((HttpStatusCode.OK, "[]"), await server.AskAsync("GET", path + "/queue/q1", "owner"));
        await server.AskAsync("POST", path + "/queue/q1", "owner", """{"n":1}""");
        Assert.Equal((HttpStatusCode.OK, """[{"n":1}]"""), await server.AskAsync("GET", path + "/queue/q1", "owner"));
    }

    [Fact]
    public async Task A_queue_that_stays_declared_keeps_its_messages()
    {
        var path = await server.NewStreamAsync();
        await server.AskAsync("POST", path + "/queue/q1", "sender", """{"n":1}""");
        await server.DeclareAsync(path, "<p:queues><p:queue>q0</p:queue><p:queue>q1</p:queue></p:queues>");
        Assert.Equal((HttpStatusCode.OK, """[{"n":1}]"""), await server.AskAsync("GET", path + "/queue/q1", "receiver"));

        await server.AskAsync("POST", path + "/queue/q1", "sender", "{}");
        await server.DeclareAsync(path, "<p:queues><p:queue>q0</p:queue></p:queues>");
        await server.DeclareAsync(path, "<p:queues><p:queue>q1</p:queue></p:queues>");
        Assert.Equal((HttpStatusCode.OK, "[]"), await server.AskAsync("GET", path + "/queue/q1", "receiver"));
    }

    [Fact]
    public async Task A_queue_keeps_its_order()
    {
        var path = await server.NewStreamAsync();
        for (var number = 0; number < 5; number++)
        {
            await server.AskAsync("POST", path + "/queue/q1", "sender", $$"""{"n":{{number}}}""");
        }

        for (var number = 0; number < 5; number++)
        {
            Assert.Equal($$"""[{"n":{{number}}}]""", (await server.AskAsync("GET", path + "/queue/q1", "both")).Body);
        }
    }

    [Theory] // 16
    [InlineData("sender", "OPTIONS, POST, PUT")]
    [InlineData("receiver", "OPTIONS, GET")]
    [InlineData("both", "OPTIONS, POST, PUT, GET")]
    [InlineData("nobody", "OPTIONS")]
    public async Task Options_tell_what_a_caller_may(string user, string allow)
    {
        var path = await server.NewStreamAsync();
        using var response = await server.SendAsync("OPTIONS", path + "/topic/t1", user);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
        Assert.Equal(HttpStatusCode.NotFound, (await server.AskAsync("OPTIONS", path + "/topic/t9", user)).Status);
    }

    [Fact]
    public async Task Options_without_credentials_list_every_method() // 17
    {
        using var response = await server.SendAsync("OPTIONS", "/cell1/box1/none/topic/t1", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Superset(new HashSet<string> { "GET", "POST", "PUT", "MKCOL", "PROPFIND", "ACL" }, response.Content.Headers.Allow.ToHashSet());
    }

    [Fact]
    public async Task Everyone_may_be_granted_something()
    {
        var path = await server.NewStreamAsync();
        var acl = $"<D:acl {PersoniumServer.Namespaces}>{PersoniumServer.Ace(null, "<p:stream-send/>")}</D:acl>";
        await server.AskAsync("ACL", path, "owner", acl);
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("POST", path + "/topic/t1", "nobody", "{}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.AskAsync("POST", path + "/topic/t1", null, "{}")).Status);
    }

    [Fact]
    public async Task Tokens_are_prolonged_and_looked_into_in_their_cell_alone()
    {
        var grant = await server.GrantAsync("reader");
        Assert.Equal("Bearer", (string?)grant["token_type"]);
        Assert.True((bool)(await IntrospectAsync("cell1", "owner", (string)grant["access_token"]!))["active"]!);
        Assert.False((bool)(await IntrospectAsync("cell2", "owner", (string)grant["access_token"]!))["active"]!);
        Assert.False((bool)(await IntrospectAsync("cell1", "owner", "AA~nonsense"))["active"]!);

        using var elsewhere = await server.Http.PostAsync("/cell2/__token", Refresh(grant));
        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);
        using var here = await server.Http.PostAsync("/cell1/__token", Refresh(await server.GrantAsync("reader")));
        Assert.Equal(HttpStatusCode.OK, here.StatusCode);
    }

    [Theory]
    [InlineData("grant_type=password&username=owner&password=wrong", "invalid_grant")]
    [InlineData("grant_type=password&username=owner", "invalid_request")]
    [InlineData("grant_type=other", "unsupported_grant_type")]
    public async Task Bad_token_requests_have_their_error(string form, string error)
    {
        using var body = new StringContent(form, null, "application/x-www-form-urlencoded");
        using var response = await server.Http.PostAsync("/cell1/__token", body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(error, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]);
    }

    private async Task<JsonNode> IntrospectAsync(string cell, string user, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{cell}/__introspect") { Content = new FormUrlEncodedContent([new("token", token)]) };
        request.Headers.Authorization = new("Bearer", await server.TokenAsync(user, cell));
        using var response = await server.Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private static FormUrlEncodedContent Refresh(JsonNode grant) =>
        new([new("grant_type", "refresh_token"), new("refresh_token", (string)grant["refresh_token"]!)]);
}
