using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tidings.Cli.Output;

namespace Tidings.Cli.Commands;

/// <summary><c>tidings load</c>: a load of publishers and subscribers of its own, and how fast it was delivered.</summary>
internal static class LoadCommand
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly Argument<string> Channel = new("channel") { Description = "A channel that nobody else uses" };
    private static readonly Option<int> Subscribers = new("--subscribers", "-s") { Description = "Clients that subscribe", DefaultValueFactory = static _ => 10 };
    private static readonly Option<int> Publishers = new("--publishers", "-p") { Description = "Clients that publish", DefaultValueFactory = static _ => 1 };
    private static readonly Option<double> Rate = new("--rate", "-r") { Description = "Messages a second, of all publishers together", DefaultValueFactory = static _ => 100 };
    private static readonly Option<double> For = new Option<double>("--for") { Description = "Seconds", DefaultValueFactory = static _ => 10 }.IsTime();
    private static readonly Option<int> Size = new("--size") { Description = "Bytes of padding in each message", DefaultValueFactory = static _ => 100 };

    public static Command Make(Terminal terminal) =>
        new Command("load", "Puts load on a server and measures delivery; ends with 6 where messages were missing") { Channel, Subscribers, Publishers, Rate, For, Size }.Does(terminal, RunAsync);

    private static async Task<int> RunAsync(Invocation run)
    {
        var plan = new LoadPlan(run.Value(Channel)!, run.Value(Subscribers), run.Value(Publishers), run.Value(Rate), TimeSpan.FromSeconds(run.Value(For)), run.Value(Size));
        if (plan is not { Subscribers: >= 0, Publishers: > 0, Rate: > 0, Size: >= 0 and <= 1_000_000 } || plan.Time <= TimeSpan.Zero)
        {
            throw new CommandException(ExitCodes.Usage, "Clients, rate and time are above 0, the size is at most 1000000.");
        }

        await using var load = new LoadRun(plan, run.Terminal.Time);
        if (run.Terminal.ShowsProgress)
        {
            await run.Terminal.Aside.Progress().AutoClear(true).StartAsync(context => LoadAsync(run, load, context.AddTask("connecting", maxValue: 1)));
        }
        else
        {
            await LoadAsync(run, load, null);
        }

        Results.Write(run, Report(load));
        return load.Received == load.Expected ? ExitCodes.Done : ExitCodes.Incomplete;
    }

    private static async Task LoadAsync(Invocation run, LoadRun load, ProgressTask? progress)
    {
        await load.ConnectAsync(() => run.ConnectAsync(), done => progress?.Value = done, run.CancellationToken);
        progress?.Description = "publishing";
        await load.PublishAsync(done => progress?.Value = done, run.CancellationToken);
        await load.SettleAsync(Grace, run.CancellationToken);
    }

    private static JsonObject Report(LoadRun load) => new()
    {
        ["published"] = load.Published,
        ["failed"] = load.Failed,
        ["expected"] = load.Expected,
        ["received"] = load.Received,
        ["publishesPerSecond"] = Round(load.Published / load.Elapsed.TotalSeconds),
        ["deliveriesPerSecond"] = Round(load.Received / load.Elapsed.TotalSeconds),
        ["p50Milliseconds"] = Round(load.Latency.At(0.5)),
        ["p99Milliseconds"] = Round(load.Latency.At(0.99)),
        ["maxMilliseconds"] = Round(load.Latency.Max),
    };

    private static double Round(double value) => double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
