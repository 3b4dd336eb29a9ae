using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Identity.Accounts;

/// <summary>Tenants and users of the configuration, read at start.</summary>
internal sealed class ConfiguredAccounts
{
    private const int StampIterations = 100_000;
    private const int StampBytes = 8;

    private readonly Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tenant, string Name), User> _users = [];

    public ConfiguredAccounts(IOptions<IdentityOptions> options, IPasswordHasher<User> hasher)
    {
        foreach (var (name, user) in options.Value.Users)
        {
            Add(Parse(name), user, hasher);
        }

        foreach (var (name, role) in options.Value.Roles)
        {
            var (tenant, roleName) = Parse(name);
            TenantOf(tenant).Roles[roleName] = role;
        }

        if (options.Value.BootstrapAdmin is { } admin)
        {
            Add((ChannelId.DefaultTenant, admin.User), new UserOptions { Password = admin.Password, Roles = [BuiltInRoles.Admin, BuiltInRoles.Operator] }, hasher);
        }

        IsEmpty = _users.Count == 0 && _tenants.Count == 0 && options.Value.Issuers.Count == 0;
    }

    /// <summary>Whether nobody and nothing is configured.</summary>
    public bool IsEmpty { get; }

    public IEnumerable<Tenant> Tenants => _tenants.Values;

    public IEnumerable<User> UsersOf(string tenant) => _users.Values.Where(user => user.Tenant == tenant);

    public User? Find(string tenant, string name) => _users.GetValueOrDefault((tenant, name));

    private void Add((string Tenant, string Name) id, UserOptions options, IPasswordHasher<User> hasher)
    {
        TenantOf(id.Tenant);
        var user = new User { Tenant = id.Tenant, Name = id.Name, Roles = options.Roles, Disabled = options.Disabled, PasswordHash = options.PasswordHash };
        _users[id] = options.PasswordHash is not null || string.IsNullOrEmpty(options.Password)
            ? user
            : user with { PasswordHash = hasher.HashPassword(user, options.Password), ConfiguredStamp = StampOf(user, options.Password) };
    }

    /// <summary>As slow to guess from as the hash is.</summary>
    private static string StampOf(User user, string password) => Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(
        password, Encoding.UTF8.GetBytes($"tidings stamp {user.Tenant}/{user.Name}"), StampIterations, HashAlgorithmName.SHA512, StampBytes));

    private Tenant TenantOf(string name) => _tenants.TryGetValue(name, out var tenant) ? tenant : _tenants[name] = new Tenant { Name = name };

    private static (string Tenant, string Name) Parse(string text) =>
        IdentityName.TrySplit(text, out var tenant, out var name)
            ? (tenant, name)
            : throw new InvalidOperationException($"'{text}' in Tidings:Users or Tidings:Roles is not a name, nor a tenant, a slash and a name.");
}

/// <summary>Roles that need no rules.</summary>
internal static class BuiltInRoles
{
    /// <summary>May do everything in its tenant, managing it included.</summary>
    public const string Admin = "admin";

    /// <summary>Manages every tenant. Only an operator makes another.</summary>
    public const string Operator = "operator";

    /// <summary>
    /// The role of the user that new devices log in as to fetch credentials of their own, in whatever tenant accepted them. Only an operator
    /// gives it.
    /// </summary>
    public const string DeviceBootstrap = "devicebootstrap";

    /// <summary>The role of callers without credentials.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>Whether a role reaches beyond its tenant, so that no administrator of one tenant and no issuer of tokens can give it.</summary>
    public static bool IsAboveTenants(string role) => role is Operator or DeviceBootstrap;
}
