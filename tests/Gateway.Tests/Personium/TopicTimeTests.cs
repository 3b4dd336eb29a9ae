using System.Net;
using Tidings.Gateway.Tests.Identity;
using Tidings.Gateway.Tests.Smc;

namespace Tidings.Gateway.Tests.Personium;

/// <summary>What a socket's time brings, with times short enough to see it.</summary>
public sealed class TopicTimeTests : IAsyncLifetime
{
    private readonly PersoniumServer _server = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Without_a_token_it_closes_without_a_word() // 25
    {
        await _server.StartAsync(("Tidings:Personium:TokenWithin", "00:00:00.300"));
        using var client = await _server.OpenAsync("/cell1/__topic/box1/c.topic.t1");
        await client.ClosesAsync();
    }

    [Fact]
    public async Task Timestamps_may_count_milliseconds() // 21
    {
        await _server.StartAsync(("Tidings:Personium:Timestamp", "Milliseconds"));
        using var client = await _server.OpenAsync("/cell1/__topic/box1/c.topic.t1");
        await client.SendAsync("nonsense");
        Assert.InRange((long)(await client.NextAsync())!["Timestamp"]!, 1_700_000_000_000, 4_000_000_000_000);
    }

    [Fact]
    public async Task After_its_tokens_end_a_text_is_told_so() // 32
    {
        await _server.StartAsync(("Tidings:Tokens:Lifetime", "00:00:03"));
        using var client = await ListenAsync();
        await ExpiredAsync();
        await client.TokenAsync((string)(await _server.GrantAsync("receiver"))["access_token"]!);
        await client.FailsAsync("Unknown", "Session expired");
    }

    [Fact]
    public async Task After_its_tokens_end_nothing_is_delivered_and_it_closes() // 32
    {
        await _server.StartAsync(("Tidings:Tokens:Lifetime", "00:00:03"), ("Tidings:Personium:ExpiredWithin", "00:00:02"));
        using var client = await ListenAsync();
        await ExpiredAsync();
        var sender = (string)(await _server.GrantAsync("owner"))["access_token"]!;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_stream}/topic/t1") { Content = new StringContent("{}") };
        request.Headers.Authorization = new("Bearer", sender);
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await client.ClosesAsync();
    }

    /// <summary>Longer than a timer can wait.</summary>
    [Fact]
    public async Task A_token_that_is_good_for_years_is_taken()
    {
        var directory = Directory.CreateTempSubdirectory("tidings-test-");
        try
        {
            var key = ForeignTokens.NewKey("k1");
            var file = Path.Combine(directory.FullName, "keys.json");
            await File.WriteAllTextAsync(file, ForeignTokens.KeySet(key));
            await _server.StartAsync(
                ("Tidings:Issuers:test:Issuer", ForeignTokens.Issuer),
                ("Tidings:Issuers:test:Audience", ForeignTokens.Audience),
                ("Tidings:Issuers:test:TenantClaim", "tid"),
                ("Tidings:Issuers:test:KeyFile", file),
                ("Tidings:Personium:ExpiredWithin", "00:00:00"));
            _stream = await _server.NewStreamAsync();
            using var client = await _server.ConnectAsync(_stream);

            const int years = 3 * 366 * 24 * 60 * 60;
            await client.TokenAsync(ForeignTokens.New(key, tenant: "cell1", until: years, roles: ["receiver"]));
            Assert.InRange((int)(await client.NextAsync())!["ExpiresIn"]!, years - 60, years);

            await _server.AskAsync("POST", $"{_stream}/topic/t1", "sender", "{}");
            Assert.NotNull(await client.NextAsync());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_client_that_answers_no_ping_is_closed_and_one_that_does_stays() // 33
    {
        await _server.StartAsync(("Tidings:Personium:PingEvery", "00:00:00.100"), ("Tidings:Personium:WritePatience", "00:00:02"));
        _stream = await _server.NewStreamAsync();
        using var polite = await _server.ListenAsync(_stream);
        var next = polite.NextAsync();

        using var silent = await RawSocket.OpenAsync(_server.Address, "/cell1/__topic/box1/c.topic.t1", "");
        for (var ping = 0; ping < 10; ping++)
        {
            Assert.Equal((0x89, "\u0001\u0002\u0003"), await silent.NextAsync());
        }

        Assert.Equal((0x88, NormalClosure), await silent.NextAsync());
        await silent.EndsAsync(); // nor does it answer the farewell

        await _server.AskAsync("POST", $"{_stream}/topic/t1", "sender", "{}");
        Assert.NotNull(await next);
    }

    [Fact]
    public async Task One_answer_counts_for_all_pings_before_it()
    {
        await _server.StartAsync(("Tidings:Personium:PingEvery", "00:00:00.100"), ("Tidings:Personium:UnansweredPings", "3"));
        using var lazy = await RawSocket.OpenAsync(_server.Address, "/cell1/__topic/box1/c.topic.t1", "");
        for (var ping = 0; ping < 12; ping++)
        {
            Assert.Equal(0x89, (await lazy.NextAsync()).Head);
            if (ping % 2 == 1)
            {
                await lazy.SendBytesAsync([0x8A, 0x83, 0, 0, 0, 0, 1, 2, 3]);
            }
        }
    }

    [Fact]
    public async Task A_client_that_does_not_answer_a_farewell_is_cut()
    {
        await _server.StartAsync(("Tidings:Personium:WritePatience", "00:00:00.500"));
        using var client = await RawSocket.OpenAsync(_server.Address, "/cell1/__topic/box1/c.topic.t1", "");
        await client.SendAsync("nonsense");
        Assert.Equal(0x81, (await client.NextAsync()).Head);
        Assert.Equal((0x88, NormalClosure), await client.NextAsync());
        await client.EndsAsync();
    }

    private const string NormalClosure = "\u0003\uFFFD"; // 1000 in two bytes, read as text

    private string _stream = "";

    private async Task<TopicClient> ListenAsync()
    {
        // All in one token's time.
        _stream = await _server.NewStreamAsync();
        var client = await _server.ConnectAsync(_stream);
        await client.TokenAsync((string)(await _server.GrantAsync("receiver"))["access_token"]!);
        Assert.Equal("Success", (string?)(await client.NextAsync())!["Result"]);
        return client;
    }

    /// <summary>A token granted now ends no earlier than the socket's.</summary>
    private async Task ExpiredAsync()
    {
        var token = (string)(await _server.GrantAsync("receiver"))["access_token"]!;
        await Server.Eventually.TrueAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/channels/any");
                request.Headers.Authorization = new("Bearer", token);
                using var response = await _server.Http.SendAsync(request);
                return response.StatusCode == HttpStatusCode.Unauthorized;
            },
            "the token's end");
        using var late = new HttpRequestMessage(HttpMethod.Get, $"{_stream}/queue/q1");
        late.Headers.Authorization = new("Bearer", token);
        using var refused = await _server.Http.SendAsync(late);
        Assert.Contains("PR401-AU-0002", await refused.Content.ReadAsStringAsync());
    }
}
