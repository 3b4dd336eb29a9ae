using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tidings.Cli;

/// <summary>Where the server is and who calls: from options, else from the environment, else from the configuration file.</summary>
/// <param name="Url">The server's address.</param>
/// <param name="User"><c>user</c> or <c>tenant/user</c>.</param>
/// <param name="Password">The user's password.</param>
/// <param name="Token">A token or API key, which goes before a password.</param>
/// <param name="Tenant">The tenant to manage.</param>
internal sealed record Settings(Uri? Url = null, string? User = null, string? Password = null, string? Token = null, string? Tenant = null)
{
    private const string DefaultTenant = "default";
    private static readonly Uri DefaultUrl = new("http://127.0.0.1:8080");

    /// <summary>The address to call.</summary>
    [JsonIgnore]
    public Uri Server => Url ?? DefaultUrl;

    /// <summary>The tenant whose users and channels are meant.</summary>
    [JsonIgnore]
    public string ManagedTenant => Tenant ?? (User?.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? User[..slash] : DefaultTenant);

    /// <exception cref="CommandException">The file cannot be read, or the address is none.</exception>
    public static Settings Of(ParseResult parsed, Terminal terminal)
    {
        var options = new Settings(
            AddressOf(parsed.GetValue(GlobalOptions.Url)), parsed.GetValue(GlobalOptions.User), parsed.GetValue(GlobalOptions.Password),
            parsed.GetValue(GlobalOptions.Token), parsed.GetValue(GlobalOptions.Tenant));
        var environment = new Settings(
            AddressOf(terminal.Variable("TIDINGS_URL")), terminal.Variable("TIDINGS_USER"), terminal.Variable("TIDINGS_PASSWORD"),
            terminal.Variable("TIDINGS_TOKEN"), terminal.Variable("TIDINGS_TENANT"));
        var settings = options.Over(environment).Over(FileOf(parsed, terminal));
        return settings.Server is { IsAbsoluteUri: true, Scheme: "http" or "https" }
            ? settings
            : throw new CommandException(ExitCodes.Usage, $"'{settings.Server}' is not an http or https address.");
    }

    /// <summary>These, and the others where these say nothing. A password belongs to its user, so both come from one place.</summary>
    private Settings Over(Settings other)
    {
        var whole = User is not null || Token is not null;
        return new Settings(
            Url ?? other.Url, User ?? (Token is null ? other.User : null), Password ?? (whole && User != other.User ? null : other.Password),
            Token ?? (whole || Password is not null ? null : other.Token), Tenant ?? other.Tenant);
    }

    private static Uri? AddressOf(string? text) => string.IsNullOrEmpty(text) ? null : new Uri(text, UriKind.RelativeOrAbsolute);

    private static Settings FileOf(ParseResult parsed, Terminal terminal)
    {
        var named = parsed.GetValue(GlobalOptions.Config)?.FullName ?? terminal.Variable("TIDINGS_CONFIG");
        var path = named ?? terminal.ConfigFile;
        if (named is null && !File.Exists(path))
        {
            return new Settings();
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CliJson.Default.Settings) ?? new Settings();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandException(ExitCodes.Usage, $"{path}: {failure.Message}");
        }
    }
}

/// <summary>JSON of the command line, generated at compile time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Settings))]
[JsonSerializable(typeof(string))]
internal sealed partial class CliJson : JsonSerializerContext;
