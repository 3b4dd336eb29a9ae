using Tidings.Cluster.Tests;
using Tidings.Cluster.Tests.Processes;
using Tidings.Conformance.Sites;

namespace Tidings.Client.Tests;

/// <summary>The client against another server: Faye from npm, which knows neither acknowledgement nor replay.</summary>
public sealed class FayeTests : IAsyncLifetime
{
    private const string Listening = "Now listening on: ";
    private ChildProcess _process = null!;
    private Uri _endpoint = null!;

    public async Task InitializeAsync()
    {
        await NpmPackages.InstallAsync(Repository.PathTo("tests", "clients"), "faye");
        await StartAsync();
    }

    private async Task StartAsync(params (string Key, string Value)[] environment)
    {
        // It ends with its standard input.
        _process = ChildProcess.Start(
            "faye", "sh", ["-c", $"sleep 600 | exec node '{Path.Combine(Repository.PathTo("tests", "clients"), "faye-server.mjs")}'"],
            new Dictionary<string, string>(environment.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value))) { ["FAYE_TIMEOUT"] = "5" });
        var line = await _process.LineAsync(static text => text.Contains(Listening, StringComparison.Ordinal), $"a line \"{Listening}\"");
        _endpoint = new Uri(new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()), "/cometd");
    }

    public async Task DisposeAsync() => await _process.DisposeAsync();

    [Theory]
    [InlineData(TidingsTransports.WebSocket)]
    [InlineData(TidingsTransports.All)]
    [InlineData(TidingsTransports.LongPolling)]
    public async Task Messages_come_once_and_in_order(TidingsTransports transports)
    {
        await using var reader = new TidingsClient(new TidingsClientOptions { Url = _endpoint, Transports = transports, Replay = true });
        await using var writer = new TidingsClient(new TidingsClientOptions { Url = _endpoint, Transports = transports });
        await using var exact = await reader.SubscribeAsync("/faye/a").For("The subscription is not in force.");
        await using var pattern = await reader.SubscribeAsync("/faye/**").For("The pattern is not in force.");

        for (var i = 0; i < 100; i++)
        {
            await writer.PublishAsync("/faye/a", i).For($"Publish {i} was not acknowledged.");
        }

        Assert.Equal(Enumerable.Range(0, 100), (await exact.ReadAsync(100)).Select(static message => message.Read<int>()));
        Assert.Equal(Enumerable.Range(0, 100), (await pattern.ReadAsync(100)).Select(static message => message.Read<int>()));
    }

    [Fact]
    public async Task A_reader_that_publishes_does_not_wait_for_itself()
    {
        await using var reader = new TidingsClient(new TidingsClientOptions { Url = _endpoint, Buffer = 1 });
        await using var writer = new TidingsClient(new TidingsClientOptions { Url = _endpoint });
        await using var questions = await reader.SubscribeAsync("/faye/asked");
        await using var answers = await writer.SubscribeAsync("/faye/answered");

        for (var i = 0; i < 30; i++)
        {
            await writer.PublishAsync("/faye/asked", i);
        }

        for (var i = 0; i < 30; i++)
        {
            await reader.PublishAsync("/faye/answered", (await questions.ReadAsync(1))[0].Read<int>()).For("A publish waits for its own reader.");
        }

        Assert.Equal(30, (await answers.ReadAsync(30)).Count);
    }

    [Theory]
    [InlineData(TidingsTransports.WebSocket)]
    [InlineData(TidingsTransports.All)]
    [InlineData(TidingsTransports.LongPolling)]
    public async Task A_server_that_was_started_anew_is_come_back_to(TidingsTransports transports)
    {
        await using var client = new TidingsClient(new TidingsClientOptions { Url = _endpoint, Transports = transports, MaxBackoff = TimeSpan.FromMilliseconds(500) });
        var gaps = new List<TidingsGap>();
        client.GapFound += (_, gap) => gaps.Add(gap);
        await using var subscription = await client.SubscribeAsync("/faye/again").For("The subscription is not in force.");
        await client.PublishAsync("/faye/again", 1);
        Assert.Equal(1, (await subscription.ReadAsync(1))[0].Read<int>());

        await _process.DisposeAsync();
        await StartAsync(("FAYE_PORT", $"{_endpoint.Port}"));
        await Eventually.TrueAsync(() => gaps.Count == 1, () => "the gap of a session that began anew");
        await client.PublishAsync("/faye/again", 2).For("The client did not come back to a server that was started anew.");

        Assert.Equal(2, (await subscription.ReadAsync(1))[0].Read<int>());
        Assert.Equal("/faye/again", Assert.Single(gaps).Channel);
    }

    [Theory]
    [InlineData(TidingsTransports.WebSocket)]
    [InlineData(TidingsTransports.All)]
    [InlineData(TidingsTransports.LongPolling)]
    public async Task Tokens_are_renewed_in_the_same_session(TidingsTransports transports)
    {
        await _process.DisposeAsync();
        await StartAsync(("FAYE_TOKENS", "1"));
        var given = 0;
        await using var client = new TidingsClient(new TidingsClientOptions
        {
            Url = _endpoint,
            Transports = transports,
            Credentials = _ =>
            {
                given++;
                var end = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(5);
                return ValueTask.FromResult<TidingsCredentials?>(TidingsCredentials.Bearer($"{end.ToUnixTimeMilliseconds()}", end));
            },
        });
        var reasons = new List<string?>();
        client.StateChanged += (_, change) => reasons.Add(change.Reason);
        await using var subscription = await client.SubscribeAsync("/faye/tokens").For("The subscription is not in force.");

        for (var i = 0; given < 4; i++)
        {
            await client.PublishAsync("/faye/tokens", i).For("A publish was not acknowledged.");
            Assert.Equal(i, (await subscription.ReadAsync(1))[0].Read<int>());
        }

        Assert.Equal([null], reasons);
    }
}
