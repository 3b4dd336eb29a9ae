using System.CommandLine;
using System.Text.Json.Nodes;
using Tidings.Cli.Output;

namespace Tidings.Cli.Commands;

/// <summary><c>tidings status</c>: whether the server is ready, and what the cluster consists of.</summary>
internal static class StatusCommand
{
    public static Command Make(Terminal terminal) =>
        new Command("status", "Shows the cluster; ends with 1 where it is not ready").Does(terminal, RunAsync);

    private static async Task<int> RunAsync(Invocation run)
    {
        using var api = run.Api();
        var ready = await api.IsReadyAsync();
        var status = await ClusterAsync(run, api);
        status["ready"] = ready;
        if (run.Json)
        {
            Results.Write(run, status);
        }
        else
        {
            await run.Terminal.WriteLineAsync($"{run.Settings.Server} is {(ready ? "ready" : "not ready")}");
            Show(run, status);
        }

        return ready ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>What the server tells its administrators; nothing where the caller is none.</summary>
    private static async Task<JsonObject> ClusterAsync(Invocation run, Api api)
    {
        try
        {
            return await api.GetAsync("api/admin/status") as JsonObject ?? [];
        }
        catch (CommandException refused) when (refused.ExitCode is ExitCodes.Denied or ExitCodes.NotFound)
        {
            await run.Terminal.Error.WriteLineAsync($"tidings: the cluster is shown to its administrators only ({refused.Message})");
            return [];
        }
    }

    private static void Show(Invocation run, JsonObject status)
    {
        if (status["silos"] is JsonArray silos)
        {
            Results.Write(run, silos, new("SILO", "name"), new("ADDRESS", "address"), new("STATUS", "status"), new("VERSION", "version"), new("CPU", "load.cpu"), new("MEMORY", "load.memoryBytes", IsBytes: true));
        }

        if (status["gateways"] is JsonArray gateways)
        {
            Results.Write(
                run, gateways, new("GATEWAY", "id"), new("ADDRESS", "address"), new("STATUS", "status"), new("VERSION", "version"), new("CPU", "load.cpu"),
                new("MEMORY", "load.memoryBytes", IsBytes: true), new("SESSIONS", "load.sessions"));
        }
    }
}
