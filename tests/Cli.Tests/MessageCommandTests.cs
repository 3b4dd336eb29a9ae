using System.Text;
using Tidings.Client;
using Tidings.Client.Tests.Servers;
using Tidings.Cluster.Tests.Processes;

namespace Tidings.Cli.Tests;

/// <summary>publish, subscribe, tail and load against a real gateway.</summary>
public sealed class MessageCommandTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task What_is_published_is_shown_to_subscribers()
    {
        var channel = GatewayServer.NewChannel();
        using var subscribe = await SubscribedAsync("subscribe", channel, "--count", "2");

        using var one = await CommandRun.DoneAsync(server.Address, ExitCodes.Done, "publish", channel, """{"n":1}""");
        using var two = await CommandRun.DoneAsync(server.Address, ExitCodes.Done, "publish", channel, "two", "--text");

        await subscribe.EndsWithAsync(ExitCodes.Done);
        Assert.Equal([$"{channel} {{\"n\":1}}", $"{channel} \"two\""], subscribe.Lines);
        Assert.Equal([$"1 published on {channel}"], one.Lines);
    }

    [Fact]
    public async Task JSON_is_an_object_a_line()
    {
        var channel = GatewayServer.NewChannel();
        using var subscribe = await SubscribedAsync("subscribe", $"{channel}/**", channel, "--count", "1", "--json");

        using var publish = CommandRun.Start(server.Address, ["publish", channel, "--json", "--lines"], "1\n\n[\n");
        await publish.EndsWithAsync(ExitCodes.Usage);

        await subscribe.EndsWithAsync(ExitCodes.Done);
        Assert.Equal([$"{{\"channel\":\"{channel}\",\"data\":1}}"], subscribe.Lines);
        Assert.Contains("Line 3 is not JSON", publish.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tail_shows_the_last_messages_as_they_were_published_and_goes_on()
    {
        var channel = GatewayServer.NewChannel();
        using var lines = CommandRun.Start(server.Address, ["publish", channel, "--lines", "--json"], "{\"n\":1}\n{\"n\":2}\n{\"event\":{\"a\":1},\"n\":3}\n{}\n");
        await lines.EndsWithAsync(ExitCodes.Done);

        using var last = await CommandRun.DoneAsync(server.Address, ExitCodes.Done, "tail", channel, "-n", "3", "--no-follow");
        using var after = await CommandRun.DoneAsync(server.Address, ExitCodes.Done, "tail", channel, "--after", "3", "--no-follow", "--json");
        using var follow = CommandRun.Start(server.Address, "tail", channel, "-n", "1");
        await Eventually.TrueAsync(() => follow.Lines.Length == 1, () => "the last message");
        using var more = await CommandRun.DoneAsync(server.Address, ExitCodes.Done, "publish", channel, "5");
        await Eventually.TrueAsync(() => follow.Lines.Length == 2, () => "the next message");
        follow.Interrupt();
        await follow.EndsWithAsync(ExitCodes.Interrupted);

        Assert.Equal(4, (int)lines.Json["published"]!);
        Assert.Equal(["2 {\"n\":2}", "3 {\"event\":{\"a\":1},\"n\":3}", "4 {}"], last.Lines);
        Assert.Equal([$"{{\"channel\":\"{channel}\",\"offset\":4,\"data\":{{}}}}"], after.Lines);
        Assert.Equal(["4 {}", "- 5"], follow.Lines);
    }

    [Fact]
    public async Task Tail_of_an_empty_channel_ends_at_once_where_it_does_not_follow()
    {
        using var tail = await CommandRun.DoneAsync(server.Address, ExitCodes.Done, "tail", GatewayServer.NewChannel(), "--no-follow");

        Assert.Empty(tail.Out);
    }

    [Fact]
    public async Task Time_that_is_over_before_the_count_is_incomplete()
    {
        using var counted = await CommandRun.DoneAsync(server.Address, ExitCodes.Incomplete, "subscribe", GatewayServer.NewChannel(), "--count", "1", "--for", "0.3");
        using var timed = await CommandRun.DoneAsync(server.Address, ExitCodes.Done, "subscribe", GatewayServer.NewChannel(), "--for", "0.3");
    }

    [Fact]
    public async Task A_reader_that_went_away_ends_it_quietly()
    {
        var channel = GatewayServer.NewChannel();
        using var pipe = new ClosedPipe();
        using var subscribe = CommandRun.Start(server.Address, ["subscribe", channel, "--quiet"], output: pipe);
        await using var client = new TidingsClient(server.Endpoint);
        var publishing = Task.Run(async () =>
        {
            while (!pipe.IsTried)
            {
                await client.PublishAsync(channel, 1);
            }
        });

        await subscribe.EndsWithAsync(ExitCodes.Done);
        await publishing;
        Assert.Empty(subscribe.Error);
    }

    [Fact]
    public async Task Characters_that_steer_a_terminal_are_escaped()
    {
        var channel = GatewayServer.NewChannel();
        using var subscribe = await SubscribedAsync("subscribe", channel, "--count", "1");

        await using var client = new TidingsClient(server.Endpoint);
        await client.PublishJsonAsync(channel, Encoding.UTF8.GetBytes("{\"a\":\n\"\u009b31m\u007f\"}"));

        await subscribe.EndsWithAsync(ExitCodes.Done);
        Assert.Equal([$"{channel} {{\"a\": \"\\u009b31m\\u007f\"}}"], subscribe.Lines);
    }

    [Fact]
    public async Task A_load_is_delivered_whole_and_reported()
    {
        using var load = await CommandRun.DoneAsync(
            server.Address, ExitCodes.Done, "load", GatewayServer.NewChannel(), "--subscribers", "3", "--publishers", "2", "--rate", "100", "--for", "1", "--json");

        Assert.Equal(100, (int)load.Json["published"]!);
        Assert.Equal(300, (int)load.Json["received"]!);
        Assert.InRange((double)load.Json["p50Milliseconds"]!, 0.01, (double)load.Json["maxMilliseconds"]!);
    }

    [Fact]
    public async Task What_the_server_refuses_fails()
    {
        using var publish = await CommandRun.DoneAsync(server.Address, ExitCodes.Denied, "publish", "/meta/x", "1");
        using var pattern = await CommandRun.DoneAsync(server.Address, ExitCodes.Failed, "publish", "/a/**", "1");
        using var tail = await CommandRun.DoneAsync(server.Address, ExitCodes.Usage, "tail", "/a/**");

        Assert.StartsWith("tidings: 40", publish.Error, StringComparison.Ordinal);
    }

    /// <summary>Starts a command that subscribes, and waits until its subscription is in force.</summary>
    private async Task<CommandRun> SubscribedAsync(params string[] args)
    {
        var run = CommandRun.Start(server.Address, args);
        await Eventually.TrueAsync(() => run.Error.Contains("subscribed to", StringComparison.Ordinal) || run.HasEnded, () => $"the subscription; {run.Error}");
        return run;
    }

    /// <summary>A pipe whose reader is gone.</summary>
    private sealed class ClosedPipe : TextWriter
    {
        public bool IsTried { get; private set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Fail();

        public override Task WriteLineAsync(string? value)
        {
            Fail();
            return Task.CompletedTask;
        }

        private void Fail()
        {
            IsTried = true;
            throw new IOException("Broken pipe", 32);
        }
    }
}
