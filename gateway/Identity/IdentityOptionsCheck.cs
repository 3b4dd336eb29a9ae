using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Identity;

/// <summary>Refuses a start with settings that cannot be meant so.</summary>
internal sealed class IdentityOptionsCheck(IOptions<TidingsLimits> limits, IConfiguration configuration) : IValidateOptions<IdentityOptions>
{
    public ValidateOptionsResult Validate(string? name, IdentityOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> Faults(IdentityOptions options) =>
    [
        .. LeftOut("Users", options.Users.Keys).Concat(LeftOut("Roles", options.Roles.Keys)).Concat(LeftOut("Issuers", options.Issuers.Keys)),
        .. options.Users.Keys.Concat(options.Roles.Keys).Where(static text => !IdentityName.TrySplit(text, out _, out _))
            .Select(static text => $"'{text}' in Tidings:Users or Tidings:Roles is no name, nor a tenant, a slash and a name."),
        .. options.Roles.SelectMany(role => RoleFaults(role.Key, role.Value, limits.Value)),
        .. options.Users.SelectMany(static user => user.Value.Roles.Where(static role => !IdentityName.IsValid(role)).Select(role => $"Tidings:Users:{user.Key}:Roles: '{role}' is no name.")),
        .. options.Issuers.SelectMany(static issuer => FaultsOf(issuer.Value, $"Tidings:Issuers:{issuer.Key}")),
        .. options.Issuers.Keys.Where(static name => !IdentityName.IsValid(name) || name == ApplicationUser.Issuer).Select(static name => $"Tidings:Issuers: '{name}' is no name for one."),
        .. options.Issuers.Where(static issuer => KeySources(issuer.Value) != 1)
            .Select(static issuer => $"Tidings:Issuers:{issuer.Key}: exactly one of Authority, JwksUrl and KeyFile says where its keys are."),
        .. options.Issuers.Values.GroupBy(static issuer => issuer.Issuer).Where(group => group.Count() > 1 || group.Key == options.Tokens.Issuer)
            .Select(static group => $"Tidings:Issuers: '{group.Key}' is there twice, or is the server's own."),
        .. options.BootstrapAdmin is { } admin ? FaultsOf(admin, "Tidings:BootstrapAdmin") : [],
        .. FaultsOf(options.Tokens, "Tidings:Tokens"),
    ];

    /// <summary>What is configured and was not read: one value of the wrong kind, and the binder leaves out the whole without a word.</summary>
    private IEnumerable<string> LeftOut(string list, IReadOnlyCollection<string> read) => configuration.GetSection($"{IdentityOptions.Section}:{list}").GetChildren()
        .Where(child => child.GetChildren().Any() && !read.Contains(child.Key)).Select(static child => $"{child.Path}: a value of it cannot be read.");

    /// <summary>What is wrong with a role, each a sentence.</summary>
    public static IEnumerable<string> RoleFaults(string name, RoleOptions role, TidingsLimits limits)
    {
        IReadOnlyList<string>?[] lists = [role.Subscribe, role.Publish, role.Create, role.Manage];
        return lists.Contains(null)
            ? [$"Role {name}: a list of channels is null; one that is left out is empty."]
            : lists.SelectMany(static names => names!)
                .Where(channel => !ChannelName.TryNormalize(channel, limits, out var normal) || normal != channel)
                .Select(channel => $"Role {name}: '{channel}' is neither a channel nor a pattern.");
    }

    private static int KeySources(IssuerOptions issuer) => new[] { issuer.Authority, issuer.JwksUrl, issuer.KeyFile }.Count(static source => !string.IsNullOrEmpty(source));

    private static IEnumerable<string> FaultsOf(object options, string section)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.Select(result => $"{section}: {result.ErrorMessage}");
    }
}
