using System.CommandLine;
using System.Text.Json.Nodes;
using Tidings.Cli.Output;

namespace Tidings.Cli.Commands;

/// <summary><c>tidings channels</c>: what is published and who listens.</summary>
internal static class ChannelsCommand
{
    private const string Path = "api/admin/channels";
    private static readonly Argument<string> Channel = new("channel") { Description = "The channel, /a/b" };

    public static Command Make(Terminal terminal) => new("channels", "Lists and shows channels")
    {
        new Command("list", "Lists channels that begin with the query or match it") { Pages.Query, Pages.Limit }.Does(terminal, ListAsync),
        new Command("show", "Shows a channel's log and subscribers") { Channel }.Does(terminal, ShowAsync),
    };

    private static Task<int> ListAsync(Invocation run) => Pages.ListAsync(
        run, Path, new("CHANNEL", "name"), new("HEAD", "head"), new("FIRST", "first"), new("BYTES", "bytes"), new("SUBSCRIBERS", "subscribers"), new("RATE", "rate"));

    private static async Task<int> ShowAsync(Invocation run)
    {
        using var api = run.Api();
        var path = string.Join('/', run.Value(Channel)!.TrimStart('/').Split('/').Select(Uri.EscapeDataString));
        Results.Write(run, (JsonObject)(await api.GetAsync($"{Path}/{path}?{Pages.Tenant(run).TrimStart('&')}".TrimEnd('?')))!);
        return ExitCodes.Done;
    }
}
