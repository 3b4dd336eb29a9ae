using System.CommandLine;
using Tidings.Cli.Output;
using Tidings.Client;

namespace Tidings.Cli.Commands;

/// <summary><c>tidings subscribe</c>: messages as they come.</summary>
internal static class SubscribeCommand
{
    private static readonly Argument<string[]> Channels = new("channel") { Description = "Channels, /a/b, or patterns, /a/* and /a/**", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<int?> Count = new Option<int?>("--count", "-n") { Description = "End after so many messages" }.AtLeast(1);
    private static readonly Option<double?> For =
        new Option<double?>("--for") { Description = "End so many seconds after the subscription; before --count is reached that is exit code 6" }.IsTime();

    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Do not say on the error output when the subscriptions are in force" };

    public static Command Make(Terminal terminal) =>
        new Command("subscribe", "Shows messages as they come") { Channels, Count, For, Quiet }.Does(terminal, RunAsync);

    private static async Task<int> RunAsync(Invocation run)
    {
        await using var client = await run.ConnectAsync();
        client.GapFound += (_, gap) => run.Terminal.Error.WriteLine($"tidings: messages of {Text.Plain(gap.Channel)} are lost");
        var printer = new MessagePrinter(run, run.Value(Count));
        var subscriptions = new List<TidingsSubscription>();
        foreach (var channel in run.Value(Channels)!.Distinct())
        {
            subscriptions.Add(await client.SubscribeAsync(channel, cancellationToken: run.CancellationToken));
        }

        if (!run.Value(Quiet))
        {
            await run.Terminal.Error.WriteLineAsync($"tidings: subscribed to {Text.Plain(string.Join(' ', subscriptions.Select(static one => one.Channel)))}");
        }

        var time = run.Value(For) is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan;
        using var limit = new CancellationTokenSource(time, run.Terminal.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, run.CancellationToken);
        return await printer.PrintAsync(subscriptions, either, limit.Token);
    }
}
