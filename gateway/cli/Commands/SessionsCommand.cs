using System.CommandLine;
using System.Text.Json.Nodes;
using Tidings.Cli.Output;

namespace Tidings.Cli.Commands;

/// <summary><c>tidings sessions</c>: who is connected.</summary>
internal static class SessionsCommand
{
    private const string Path = "api/admin/sessions";
    private static readonly Argument<string> Id = new("id") { Description = "The session's public id" };

    public static Command Make(Terminal terminal) => new("sessions", "Lists, shows and ends sessions")
    {
        new Command("list", "Lists sessions whose id, user, address or protocol has the query in it") { Pages.Query, Pages.Limit }.Does(terminal, ListAsync),
        new Command("show", "Shows a session's subscriptions and where it stands in each") { Id }.Does(terminal, ShowAsync),
        new Command("end", "Ends a session; its client is told not to come back") { Id }.Does(terminal, EndAsync),
    };

    private static Task<int> ListAsync(Invocation run) => Pages.ListAsync(
        run, Path, new("ID", "id"), new("USER", "user"), new("PROTOCOL", "protocol"), new("TRANSPORT", "transport"), new("PEER", "peer"),
        new("GATEWAY", "gateway"), new("SUBSCRIPTIONS", "subscriptions"), new("PENDING", "pending"));

    private static async Task<int> ShowAsync(Invocation run)
    {
        using var api = run.Api();
        var session = (JsonObject)(await api.GetAsync($"{Path}/{Uri.EscapeDataString(run.Value(Id)!)}"))!;
        if (run.Json)
        {
            Results.Write(run, session);
            return ExitCodes.Done;
        }

        var channels = session["channels"] as JsonArray ?? [];
        session.Remove("channels");
        Results.Write(run, session);
        Results.Write(run, channels, new("CHANNEL", "channel"), new("CURSOR", "cursor"), new("HEAD", "head"));
        return ExitCodes.Done;
    }

    private static async Task<int> EndAsync(Invocation run)
    {
        using var api = run.Api();
        var id = run.Value(Id)!;
        await api.SendAsync(HttpMethod.Delete, $"{Path}/{Uri.EscapeDataString(id)}");
        Results.Write(run, $"{id} ended", new JsonObject { ["id"] = id, ["ended"] = true });
        return ExitCodes.Done;
    }
}
