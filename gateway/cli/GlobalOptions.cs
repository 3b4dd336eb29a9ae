using System.CommandLine;

namespace Tidings.Cli;

/// <summary>Options that every command has.</summary>
internal static class GlobalOptions
{
    public static Option<string?> Url { get; } = new("--url") { Description = "The server (TIDINGS_URL). Default http://127.0.0.1:8080", Recursive = true };

    public static Option<string?> User { get; } = new("--user", "-u") { Description = "Who to log in as, user or tenant/user (TIDINGS_USER)", Recursive = true };

    public static Option<string?> Password { get; } = new("--password") { Description = "The password (TIDINGS_PASSWORD); others on this machine may see an option", Recursive = true };

    public static Option<string?> Token { get; } = new("--token") { Description = "A token or API key, instead of a password (TIDINGS_TOKEN)", Recursive = true };

    public static Option<string?> Tenant { get; } = new("--tenant") { Description = "The tenant to manage (TIDINGS_TENANT). Default that of the user", Recursive = true };

    public static Option<FileInfo?> Config { get; } = new("--config") { Description = "A JSON file with url, user, password, token, tenant (TIDINGS_CONFIG)", Recursive = true };

    public static Option<bool> Json { get; } = new("--json") { Description = "Write JSON: an object, or one a line", Recursive = true };

    public static Option<double> Timeout { get; } =
        new Option<double>("--timeout") { Description = "Seconds to try to reach the server", Recursive = true, DefaultValueFactory = static _ => 10 }.IsTime();

    public static IEnumerable<Option> All => [Url, User, Password, Token, Tenant, Config, Json, Timeout];
}
