using System.CommandLine;
using System.Text.Json.Nodes;
using Tidings.Cli.Output;

namespace Tidings.Cli.Commands;

/// <summary><c>tidings users</c>: users of a tenant and their API keys.</summary>
internal static class UsersCommand
{
    private static readonly Argument<string> User = new("name") { Description = "The user" };
    private static readonly Argument<string> Key = new("id") { Description = "The key's id" };
    private static readonly Option<string[]> Roles = new("--role", "-r") { Description = "A role; may be said several times, and replaces the roles that the user has" };
    private static readonly Option<bool> WithPassword = new("--set-password") { Description = "Set a password, the first line of the input; 8 characters or more" };
    private static readonly Option<bool?> Disabled = new("--disabled") { Description = "Whether the user is locked out" };
    private static readonly Option<DateTimeOffset?> Expires = new("--expires") { Description = "When the key ends" };

    public static Command Make(Terminal terminal) => new("users", "Manages users and API keys")
    {
        new Command("list", "Lists the users of a tenant").Does(terminal, static run => ListAsync(run, "users", new("USER", "name"), new("ROLES", "roles"), new("DISABLED", "disabled"))),
        new Command("set", "Adds or changes a user; what is not said stays") { User, Roles, WithPassword, Disabled }.Does(terminal, SetAsync),
        new Command("remove", "Removes a user and the user's keys") { User }.Does(terminal, static run => RemoveAsync(run, "users", run.Value(User)!)),
        new Command("keys", "Lists the API keys of a tenant").Does(terminal, static run => ListAsync(run, "keys", new("ID", "id"), new("USER", "user"), new("EXPIRES", "expires"))),
        new Command("add-key", "Makes an API key, which is shown this once") { User, Expires }.Does(terminal, AddKeyAsync),
        new Command("revoke-key", "Revokes an API key") { Key }.Does(terminal, static run => RemoveAsync(run, "keys", run.Value(Key)!)),
    };

    private static string PathOf(Invocation run, string rest) => $"api/admin/tenants/{Uri.EscapeDataString(run.Settings.ManagedTenant)}/{rest}";

    private static async Task<int> ListAsync(Invocation run, string what, params Column[] columns)
    {
        using var api = run.Api();
        Results.Write(run, Results.ItemsOf(await api.GetAsync(PathOf(run, what))), columns);
        return ExitCodes.Done;
    }

    private static async Task<int> SetAsync(Invocation run)
    {
        var change = new JsonObject();
        if (run.Value(Roles) is { Length: > 0 } roles)
        {
            change["roles"] = new JsonArray([.. roles.Select(static role => (JsonNode)role)]);
        }

        if (run.Value(WithPassword))
        {
            change["password"] = await run.Terminal.In.ReadLineAsync(run.CancellationToken) ?? throw new CommandException(ExitCodes.Usage, "There is no password on the input.");
        }

        if (run.Value(Disabled) is { } disabled)
        {
            change["disabled"] = disabled;
        }

        using var api = run.Api();
        Results.Write(run, (JsonObject)(await api.SendAsync(HttpMethod.Put, PathOf(run, $"users/{Uri.EscapeDataString(run.Value(User)!)}"), change))!);
        return ExitCodes.Done;
    }

    private static async Task<int> AddKeyAsync(Invocation run)
    {
        using var api = run.Api();
        var expires = run.Value(Expires) is { } time ? $"?expires={Uri.EscapeDataString(time.ToString("O"))}" : "";
        var key = (JsonObject)(await api.SendAsync(HttpMethod.Post, PathOf(run, $"users/{Uri.EscapeDataString(run.Value(User)!)}/keys{expires}")))!;
        Results.Write(run, key);
        return ExitCodes.Done;
    }

    private static async Task<int> RemoveAsync(Invocation run, string what, string name)
    {
        using var api = run.Api();
        await api.SendAsync(HttpMethod.Delete, PathOf(run, $"{what}/{Uri.EscapeDataString(name)}"));
        Results.Write(run, $"{name} removed", new JsonObject { ["name"] = name, ["removed"] = true });
        return ExitCodes.Done;
    }
}
