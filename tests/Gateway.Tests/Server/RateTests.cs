using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Server;

/// <summary>Callers who are too fast, each told in its protocol's own form.</summary>
public sealed class RateTests
{
    private const string Handshake = """[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling","websocket"]}]""";

    private static readonly (string, string)[] Counted = [("Tidings:Rates:Loopback", "true"), ("Tidings:Rates:BurstSeconds", "1")];

    [Fact]
    public async Task Handshakes_beyond_the_rate_are_refused_with_the_time_to_wait()
    {
        await using var server = await OwnServer.StartAsync([.. Counted, ("Tidings:Rates:Address:Handshakes", "2")]);

        var replies = new List<JsonNode>();
        for (var i = 0; i < 10; i++)
        {
            replies.Add(await BayeuxAsync(server, Handshake));
        }

        Assert.Contains(replies, static reply => (bool)reply["successful"]!);
        var refused = replies.First(static reply => !(bool)reply["successful"]!);
        Assert.Equal("429:handshakes_per_second,2:limit_reached", (string)refused["error"]!);
        Assert.Equal("handshake", (string)refused["advice"]!["reconnect"]!);
        Assert.Equal(1000, (long)refused["advice"]!["interval"]!);
    }

    [Fact]
    public async Task Publishes_beyond_the_rate_are_refused_one_by_one_over_a_socket()
    {
        await using var server = await OwnServer.StartAsync([.. Counted, ("Tidings:Rates:Tenant:Publishes", "5")]);
        using var client = await BayeuxSocketClient.OpenAsync(server.Address);
        await client.SendAsync(Handshake);
        client.ClientId = (string)(await client.NextAsync("/meta/handshake"))["clientId"]!;

        await client.SendAsync($"[{string.Join(',', Enumerable.Range(0, 50).Select(i => $$"""{"channel":"/a","clientId":"{{client.ClientId}}","data":{{i}}}"""))}]");
        var replies = new List<JsonNode>();
        for (var i = 0; i < 50; i++)
        {
            replies.Add(await client.NextAsync("/a"));
        }

        Assert.InRange(replies.Count(static reply => (bool)reply["successful"]!), 5, 45);
        var refused = replies.Last(static reply => !(bool)reply["successful"]!);
        Assert.Equal("429:publishes_per_second,5:limit_reached", (string)refused["error"]!);
        Assert.Null(refused["advice"]);
    }

    [Fact]
    public async Task Frames_beyond_the_rate_of_bytes_are_refused_message_by_message()
    {
        await using var server = await OwnServer.StartAsync([.. Counted, ("Tidings:Rates:Address:Bytes", "2000")]);
        using var client = await BayeuxSocketClient.OpenAsync(server.Address);

        for (var i = 0; i < 4; i++)
        {
            await client.SendAsync($$"""[{"channel":"/meta/connect","clientId":"x","connectionType":"websocket","ext":{"a":"{{new string('a', 1500)}}"} }]""");
        }

        var errors = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            errors.Add((string)(await client.NextAsync("/meta/connect"))["error"]!);
        }

        Assert.Contains("429:bytes_per_second,2000:limit_reached", errors);
    }

    [Fact]
    public async Task Requests_beyond_a_rate_are_told_when_to_come_again()
    {
        await using var server = await OwnServer.StartAsync([.. Counted, ("Tidings:Rates:Address:Publishes", "1"), ("Tidings:Rates:Address:Bytes", "100")]);

        await AssertTooManyAsync(() => server.Http.PostAsync("/channels/a", Json("1")));
        await AssertTooManyAsync(() => server.Http.PostAsync("/cometd", Json(Handshake)));
        await AssertTooManyAsync(() => server.Http.GetAsync($"/cometd?jsonp=f&message={Uri.EscapeDataString(Handshake)}"));
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/cell1/__token")]
    public async Task Requests_for_tokens_are_bounded_whatever_becomes_of_them(string path)
    {
        await using var server = await OwnServer.StartAsync([.. Counted, ("Tidings:Rates:Address:Handshakes", "2")]);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 10; i++)
        {
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "none_of_these")]);
            using var response = await server.Http.PostAsync(path, form);
            statuses.Add(response.StatusCode);
        }

        Assert.Equal(HttpStatusCode.BadRequest, statuses[0]);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
    }

    [Fact]
    public async Task Sessions_of_one_address_are_bounded_and_given_back()
    {
        await using var server = await OwnServer.StartAsync([.. Counted, ("Tidings:Rates:SessionsPerAddress", "2")]);
        var first = await BayeuxAsync(server, Handshake);
        Assert.True((bool)(await BayeuxAsync(server, Handshake))["successful"]!);

        Assert.Equal("429::too_many_sessions", (string)(await BayeuxAsync(server, Handshake))["error"]!);
        using var stream = new HttpRequestMessage(HttpMethod.Get, "/channels/a") { Headers = { { "Accept", "text/event-stream" } } };
        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.Http.SendAsync(stream, HttpCompletionOption.ResponseHeadersRead)).StatusCode);

        await BayeuxAsync(server, $$"""[{"channel":"/meta/disconnect","clientId":"{{first["clientId"]}}"}]""");
        Assert.True((bool)(await BayeuxAsync(server, Handshake))["successful"]!);
    }

    [Fact]
    public async Task Sessions_of_smartrest_are_bounded_too()
    {
        await using var server = await OwnServer.StartAsync([.. Counted, ("Tidings:Rates:SessionsPerAddress", "2"), ("Tidings:Rates:Address:Bytes", "1000")]);
        Assert.StartsWith("20,", await SmartAsync(server, "/s", "11,100,,$.m,$.m\n"), StringComparison.Ordinal);
        var first = (await SmartAsync(server, "/notification/realtime", "80")).TrimEnd('\n');
        await SmartAsync(server, "/notification/realtime", "80");

        Assert.Equal("50,1,429\n", await SmartAsync(server, "/notification/realtime", "80"));
        Assert.Equal("", await SmartAsync(server, "/notification/realtime", $"84,{first}"));
        Assert.Equal(28, (await SmartAsync(server, "/notification/realtime", "80")).TrimEnd('\n').Length);

        await AssertTooManyAsync(() => server.Http.PostAsync("/notification/realtime", Smart(new string('8', 900))));
        await AssertTooManyAsync(() => server.Http.PostAsync("/s", Smart(new string('8', 900))));
    }

    [Fact]
    public async Task Publishes_by_template_count_each_row_and_those_beyond_the_rate_are_told_by_a_row_each()
    {
        await using var server = await OwnServer.StartAsync([.. Counted, ("Tidings:Rates:Address:Publishes", "3")]);
        Assert.StartsWith("20,", await SmartAsync(server, "/s", "10,100,POST,/channels/a,application/json,,%%,NUMBER,%%\n11,200,,$.lastOffset,$.lastOffset\n"), StringComparison.Ordinal);

        var rows = (await SmartAsync(server, "/s", string.Concat(Enumerable.Repeat("100,1\n", 100)))).TrimEnd('\n').Split('\n');

        Assert.Equal(100, rows.Length);
        var stored = rows.Count(static row => row.StartsWith("200,", StringComparison.Ordinal));
        Assert.InRange(stored, 3, 99);
        Assert.All(rows.Index().Where(static row => !row.Item.StartsWith("200,", StringComparison.Ordinal)), static row => Assert.Equal($"50,{row.Index + 1},429", row.Item));
        Assert.Equal(stored, (int)JsonNode.Parse(await server.Http.GetStringAsync("/channels/a"))!["head"]!);
        await Eventually.TrueAsync(() => server.Service<RateBook>().Held == 0, "A request that ended still holds its caller's count.");
    }

    [Fact]
    public async Task What_a_template_publishes_is_not_counted_beside_the_bytes_of_its_row()
    {
        await using var server = await OwnServer.StartAsync([.. Counted, ("Tidings:Rates:Address:Bytes", "8000")]);
        Assert.StartsWith("20,", await SmartAsync(server, "/s", "10,100,POST,/channels/a,text/plain,,%%,,%%\n11,200,,$.lastOffset,$.lastOffset\n"), StringComparison.Ordinal);

        // More than half of what may come at once: counted twice, it would have to wait.
        Assert.Equal("200,1,1\n", await SmartAsync(server, "/s", $"100,{new string('x', 5000)}"));
    }

    [Fact]
    public async Task Callers_of_this_machine_are_not_counted_by_default()
    {
        await using var server = await OwnServer.StartAsync(("Tidings:Rates:Address:Handshakes", "1"));

        for (var i = 0; i < 20; i++)
        {
            Assert.True((bool)(await BayeuxAsync(server, Handshake))["successful"]!);
        }
    }

    private static StringContent Smart(string body) => new(body) { Headers = { { "X-Id", "rates" } } };

    private static async Task<string> SmartAsync(OwnServer server, string path, string body)
    {
        using var content = Smart(body);
        using var answer = await server.Http.PostAsync(path, content);
        return await answer.Content.ReadAsStringAsync();
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonNode> BayeuxAsync(OwnServer server, string body)
    {
        using var answer = await server.Http.PostAsync("/cometd", Json(body));
        return Assert.Single(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray())!;
    }

    private static async Task AssertTooManyAsync(Func<Task<HttpResponseMessage>> request)
    {
        HttpResponseMessage answer;
        do
        {
            answer = await request();
        }
        while (answer.IsSuccessStatusCode);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 10);
    }
}
