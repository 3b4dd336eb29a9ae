using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tidings.Cli.Output;

namespace Tidings.Cli.Commands;

/// <summary><c>tidings drain</c>: moves a gateway's sessions to the others.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>A gateway that has ended is not listed any more; but where a silo just ended, the list begins anew, and it is missing for a moment only.</summary>
    private const int LooksUntilGone = 4;
    private static readonly Argument<string> Gateway = new("gateway") { Description = "The gateway's id, as status shows it" };
    private static readonly Option<int> Seconds =
        new Option<int>("--over") { Description = "Over how many seconds its sessions are moved", DefaultValueFactory = static _ => 30 }.Between(0, 3600);

    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "Do not wait for the last session" };
    private static readonly Option<double> Limit =
        new Option<double>("--for") { Description = "Wait so many seconds at most; then the exit code is 6", DefaultValueFactory = static _ => 300 }.IsTime();

    public static Command Make(Terminal terminal) =>
        new Command("drain", "Moves the sessions of a gateway to the others, before it is stopped") { Gateway, Seconds, NoWait, Limit }.Does(terminal, RunAsync);

    private static async Task<int> RunAsync(Invocation run)
    {
        using var api = run.Api();
        var id = run.Value(Gateway)!;
        var answer = await api.SendAsync(HttpMethod.Post, $"api/admin/gateways/{Uri.EscapeDataString(id)}/drain", new JsonObject { ["seconds"] = run.Value(Seconds) });
        var sessions = (long?)answer?["sessions"] ?? 0;
        var left = run.Value(NoWait) ? sessions : await WaitAsync(run, api, id, sessions);
        Results.Write(run, left == 0 ? $"{id} has no sessions left" : $"{id} has {left} sessions left", new JsonObject { ["id"] = id, ["sessions"] = left });
        return left == 0 || run.Value(NoWait) ? ExitCodes.Done : ExitCodes.Incomplete;
    }

    private static Task<long> WaitAsync(Invocation run, Api api, string id, long sessions) => run.Terminal.ShowsProgress
        ? run.Terminal.Aside.Progress().AutoClear(true).StartAsync(context => WaitAsync(run, api, id, sessions, context.AddTask($"draining {Markup.Escape(id)}", maxValue: Math.Max(1, sessions))))
        : WaitAsync(run, api, id, sessions, null);

    private static async Task<long> WaitAsync(Invocation run, Api api, string id, long sessions, ProgressTask? progress)
    {
        var end = run.Terminal.Time.GetUtcNow() + TimeSpan.FromSeconds(run.Value(Limit));
        using var ticks = new PeriodicTimer(Period, run.Terminal.Time);
        var (left, missed) = (sessions, 0);
        while (true)
        {
            (left, missed) = await LeftAsync(api, id, left) is { } said ? (said, 0) : (left, missed + 1);
            if (left == 0 || missed == LooksUntilGone)
            {
                return 0;
            }

            if (run.Terminal.Time.GetUtcNow() >= end)
            {
                return left;
            }

            progress?.Value = Math.Max(0, sessions - left);
            await ticks.WaitForNextTickAsync(run.CancellationToken);
        }
    }

    /// <summary>The gateway's sessions; null if the cluster does not know it. While the cluster does not answer, as when a silo just ended, what it said before.</summary>
    private static async Task<long?> LeftAsync(Api api, string id, long before)
    {
        try
        {
            var gateways = (await api.GetAsync("api/admin/status"))?["gateways"] as JsonArray ?? [];
            return (long?)gateways.FirstOrDefault(one => (string?)one?["id"] == id)?["load"]?["sessions"];
        }
        catch (CommandException away) when (before > 0 && away.ExitCode is ExitCodes.Failed or ExitCodes.Unreachable)
        {
            return before;
        }
    }
}
