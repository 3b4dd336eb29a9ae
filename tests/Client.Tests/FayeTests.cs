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
        var clients = Repository.PathTo("tests", "clients");
        await NpmPackages.InstallAsync(clients, "faye");
        // It ends with its standard input.
        _process = ChildProcess.Start("faye", "sh", ["-c", $"sleep 600 | exec node '{Path.Combine(clients, "faye-server.mjs")}'"], new Dictionary<string, string> { ["FAYE_TIMEOUT"] = "5" });
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
}
