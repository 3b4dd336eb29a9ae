using System.CommandLine;
using System.Text.Json.Nodes;
using Tidings.Cli.Output;

namespace Tidings.Cli.Commands;

/// <summary><c>tidings tail</c>: the last messages of a channel's log, and what comes then.</summary>
internal static class TailCommand
{
    private static readonly Argument<string> Channel = new("channel") { Description = "The channel, /a/b" };
    private static readonly Option<int> Last = new Option<int>("--lines", "-n") { Description = "How many of the last messages", DefaultValueFactory = static _ => 10 }.AtLeast(0);
    private static readonly Option<long?> After = new("--after") { Description = "All after this offset, instead of the last" };
    private static readonly Option<bool> Stop = new("--no-follow") { Description = "End with the last message of the log" };

    public static Command Make(Terminal terminal) =>
        new Command("tail", "Shows the last messages of a channel, and goes on") { Channel, Last, After, Stop }.Does(terminal, RunAsync);

    private static async Task<int> RunAsync(Invocation run)
    {
        var channel = run.Value(Channel)!;
        if (channel.Contains('*', StringComparison.Ordinal))
        {
            throw new CommandException(ExitCodes.Usage, "A pattern has no log; use tidings subscribe.");
        }

        var (start, head) = await PlaceAsync(run, channel);
        if (run.Value(Stop) && start == head)
        {
            return ExitCodes.Done;
        }

        await using var client = await run.ConnectAsync(replay: true);
        var subscription = await client.SubscribeAsync(channel, start, run.CancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.CancellationToken);
        return await new MessagePrinter(run, run.Value(Stop) ? (int)(head - start) : null, offsets: true).PrintAsync([subscription], stop, CancellationToken.None);
    }

    /// <summary>The offset after which to begin, as far as the log goes back, and the log's last one.</summary>
    private static async Task<(long Start, long Head)> PlaceAsync(Invocation run, string channel)
    {
        using var api = run.Api();
        var page = await api.GetAsync($"channels/{Escape(channel)}?limit=1") as JsonObject;
        var head = (long?)page?["head"] ?? 0;
        var oldest = Math.Max(0, ((long?)page?["first"] ?? 1) - 1);
        var wanted = run.Value(After) ?? head - Math.Max(0, run.Value(Last));
        return (Math.Clamp(wanted, Math.Min(oldest, head), head), head);
    }

    private static string Escape(string channel) => string.Join('/', channel.TrimStart('/').Split('/').Select(Uri.EscapeDataString));
}
