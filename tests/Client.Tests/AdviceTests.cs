using System.Text.Json.Nodes;
using Tidings.Client.Tests.Servers;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Client.Tests;

/// <summary>What a client does when a server advises it.</summary>
public sealed class AdviceTests
{
    [Fact]
    public async Task None_closes_the_client()
    {
        await using var server = await ScriptedServer.StartAsync(static request => (string)request["channel"]! == "/meta/connect"
            ? new JsonObject { ["successful"] = false, ["error"] = "403::go_away", ["advice"] = new JsonObject { ["reconnect"] = "none" } }
            : ScriptedServer.Plain(request));
        await using var client = New(server.Endpoint);
        var subscription = await client.SubscribeAsync("/a");

        var closed = await Assert.ThrowsAsync<TidingsClosedException>(() => subscription.ReadAsync().AsTask().For("The reader was not told."));

        Assert.Equal(403, closed.Code);
        await Assert.ThrowsAsync<TidingsClosedException>(() => client.PublishAsync("/a", 1));
        Assert.Single(server.RequestsOn("/meta/handshake"));
    }

    [Theory]
    [InlineData("402::session_unknown", true)]
    [InlineData("401:c1:Unknown client", true)]
    [InlineData("402::Unknown client", false)]
    public async Task An_unknown_session_begins_anew_with_its_subscriptions(string error, bool advised)
    {
        var handshakes = 0;
        var forgotten = false;
        await using var server = await ScriptedServer.StartAsync(request =>
        {
            switch ((string)request["channel"]!)
            {
                case "/meta/handshake":
                    var reply = ScriptedServer.Plain(request);
                    reply["clientId"] = $"c{Interlocked.Increment(ref handshakes)}";
                    return reply;
                case "/meta/connect" when !forgotten:
                    forgotten = true;
                    var unknown = new JsonObject { ["successful"] = false, ["error"] = error };
                    unknown["advice"] = advised ? new JsonObject { ["reconnect"] = "handshake", ["interval"] = 0 } : null;
                    return unknown;
                default:
                    return [];
            }
        });
        await using var client = New(server.Endpoint);
        var gaps = new List<TidingsGap>();
        client.GapFound += (_, gap) => gaps.Add(gap);
        await using var subscription = await client.SubscribeAsync("/a");

        await Eventually.TrueAsync(() => server.RequestsOn("/meta/subscribe").Count() == 2, () => "a second subscribe");

        Assert.Equal(["c1", "c2"], server.RequestsOn("/meta/subscribe").Select(static request => (string?)request["clientId"]));
        await Eventually.TrueAsync(() => gaps.Count > 0, () => "the news of a gap");
        Assert.Equal([new TidingsGap("/a", null)], gaps);
    }

    [Fact]
    public async Task The_interval_is_waited_for()
    {
        await using var server = await ScriptedServer.StartAsync(static request => (string)request["channel"]! == "/meta/connect"
            ? new JsonObject { ["advice"] = new JsonObject { ["reconnect"] = "retry", ["interval"] = 3_600_000 } }
            : ScriptedServer.Plain(request));
        var time = new SteppedTime();
        await using var client = new TidingsClient(new TidingsClientOptions { Url = server.Endpoint, Transports = TidingsTransports.LongPolling, Time = time });
        await client.ConnectAsync();

        await time.WaitedForAsync(TimeSpan.FromHours(1));
        Assert.Single(server.RequestsOn("/meta/connect"));
        time.Advance(TimeSpan.FromHours(1));

        await Eventually.TrueAsync(() => server.RequestsOn("/meta/connect").Count() == 2, () => "a second connect");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hosts_are_followed_where_they_are_trusted(bool trusted)
    {
        await using var other = await ScriptedServer.StartAsync(ScriptedServer.Plain);
        var host = other.Endpoint.Authority;
        var refused = 0;
        await using var server = await ScriptedServer.StartAsync(request =>
        {
            refused++;
            return new JsonObject
            {
                ["successful"] = false,
                ["error"] = "503::full",
                ["advice"] = new JsonObject { ["reconnect"] = "handshake", ["interval"] = 0, ["hosts"] = new JsonArray(host) },
            };
        });
        await using var client = trusted ? New(server.Endpoint, host) : New(server.Endpoint);
        var connecting = client.ConnectAsync();

        if (trusted)
        {
            await connecting.For("The client did not turn to the host it was sent to.");
            Assert.Equal(1, refused);
        }
        else
        {
            await Eventually.TrueAsync(() => refused > 2, () => "more attempts at the first host");
            Assert.Empty(other.Requests);
        }
    }

    [Fact]
    public async Task Tokens_of_a_short_life_are_renewed_after_half_of_it_and_not_all_the_time()
    {
        var time = new SteppedTime();
        var given = 0;
        var source = new CredentialSource(new TidingsClientOptions
        {
            Url = new Uri("http://127.0.0.1"),
            Time = time,
            Credentials = _ => ValueTask.FromResult<TidingsCredentials?>(TidingsCredentials.Bearer($"t{++given}", time.GetUtcNow() + TimeSpan.FromSeconds(40))),
        });

        await source.GetAsync(default);
        time.Advance(TimeSpan.FromSeconds(19));
        await source.GetAsync(default);
        Assert.Equal(1, given);

        time.Advance(TimeSpan.FromSeconds(1));
        await source.GetAsync(default);
        Assert.Equal(2, given);
    }

    [Fact]
    public async Task A_connect_is_not_held_beyond_the_moment_at_which_a_token_is_to_be_renewed()
    {
        var time = new SteppedTime();
        await using var server = await ScriptedServer.StartAsync(static request => (string)request["channel"]! == "/meta/connect"
            ? new JsonObject { ["advice"] = new JsonObject { ["reconnect"] = "retry", ["interval"] = 10, ["timeout"] = 600_000 } }
            : ScriptedServer.Plain(request));
        await using var client = new TidingsClient(new TidingsClientOptions
        {
            Url = server.Endpoint,
            Transports = TidingsTransports.LongPolling,
            Time = time,
            Credentials = _ => ValueTask.FromResult<TidingsCredentials?>(TidingsCredentials.Bearer("t", time.GetUtcNow() + TimeSpan.FromMinutes(5))),
        });
        await client.ConnectAsync();

        // To half a second before the renewal, four minutes after the token was given.
        await time.WaitedForAsync(TimeSpan.FromMilliseconds(10));
        time.Advance(TimeSpan.FromMinutes(4) - TimeSpan.FromMilliseconds(500));

        await Eventually.TrueAsync(() => server.RequestsOn("/meta/connect").Count() >= 2, () => "a second connect");
        Assert.Equal(500, (int)server.RequestsOn("/meta/connect").ElementAt(1)["advice"]!["timeout"]!);
    }

    [Fact]
    public async Task Tokens_are_renewed_before_they_end()
    {
        var time = new SteppedTime();
        var given = 0;
        await using var server = await ScriptedServer.StartAsync(static request => (string)request["channel"]! == "/meta/connect"
            ? new JsonObject { ["advice"] = new JsonObject { ["reconnect"] = "retry", ["interval"] = 600_000, ["timeout"] = 1000 } }
            : ScriptedServer.Plain(request));
        await using var client = new TidingsClient(new TidingsClientOptions
        {
            Url = server.Endpoint,
            Transports = TidingsTransports.LongPolling,
            Time = time,
            Credentials = _ => ValueTask.FromResult<TidingsCredentials?>(TidingsCredentials.Bearer($"t{++given}", time.GetUtcNow() + TimeSpan.FromMinutes(5))),
        });
        await client.ConnectAsync();
        await time.WaitedForAsync(TimeSpan.FromMinutes(10));
        time.Advance(TimeSpan.FromMinutes(10));

        await Eventually.TrueAsync(() => server.RequestsOn("/meta/connect").Count() == 2, () => "a second connect");

        var (handshake, connects) = (server.RequestsOn("/meta/handshake").Single(), server.RequestsOn("/meta/connect").ToArray());
        Assert.Equal("Bearer t1", (string?)handshake["$authorization"]);
        Assert.Equal("t1", (string?)handshake["ext"]!["authentication"]!["token"]);
        Assert.Null(connects[0]["ext"]?["authentication"]);
        Assert.Equal("Bearer t2", (string?)connects[1]["$authorization"]);
        Assert.Equal("t2", (string?)connects[1]["ext"]!["authentication"]!["token"]);
    }

    [Fact]
    public async Task A_response_without_end_ends_its_connection_only()
    {
        var answers = 0;
        await using var server = await ScriptedServer.StartAsync(request =>
            Interlocked.Increment(ref answers) == 1 ? new JsonObject { ["junk"] = new string('x', 5000) } : ScriptedServer.Plain(request));
        await using var client = new TidingsClient(new TidingsClientOptions
        {
            Url = server.Endpoint,
            Transports = TidingsTransports.LongPolling,
            MaxResponseBytes = 2048,
            MinBackoff = TimeSpan.FromMilliseconds(1),
        });
        var reasons = new List<string?>();
        client.StateChanged += (_, change) => reasons.Add(change.Reason);

        await client.ConnectAsync().For("The client did not come back.");

        Assert.Contains("2048", reasons[0], StringComparison.Ordinal);
    }

    private static TidingsClient New(Uri endpoint, params string[] hosts) => new(new TidingsClientOptions
    {
        Url = endpoint,
        Transports = TidingsTransports.LongPolling,
        Hosts = hosts,
        MinBackoff = TimeSpan.FromMilliseconds(1),
        MaxBackoff = TimeSpan.FromMilliseconds(20),
    });
}
