using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Identity.Accounts;

/// <summary>Tenants and users of the configuration, which they follow.</summary>
internal sealed class ConfiguredAccounts : IDisposable
{
    private const int StampIterations = 100_000;
    private const int StampBytes = 8;

    private readonly IPasswordHasher<User> _hasher;
    private readonly IDisposable? _following;
    private volatile Known _known;

    public ConfiguredAccounts(IOptionsMonitor<IdentityOptions> options, IPasswordHasher<User> hasher)
    {
        _hasher = hasher;
        _known = Read(options.CurrentValue, old: null);
        _following = options.OnChange(Follow);
    }

    /// <summary>The configuration says something else.</summary>
    public event Action? Changed;

    /// <summary>
    /// Whether nobody and nothing is configured. What once was closed stays so: a file that lost its users by mistake must not open the server.
    /// </summary>
    public bool IsEmpty => _known.IsEmpty;

    public IEnumerable<Tenant> Tenants => _known.Tenants.Values;

    public IEnumerable<User> UsersOf(string tenant) => _known.Users.Values.Where(user => user.Tenant == tenant);

    public User? Find(string tenant, string name) => _known.Users.GetValueOrDefault((tenant, name));

    public void Dispose() => _following?.Dispose();

    private void Follow(IdentityOptions options)
    {
        _known = Read(options, _known);
        Changed?.Invoke();
    }

    private Known Read(IdentityOptions options, Known? old)
    {
        var known = new Known();
        foreach (var (name, user) in options.Users)
        {
            Add(known, Parse(name), user, old);
        }

        foreach (var (name, role) in options.Roles)
        {
            var (tenant, roleName) = Parse(name);
            known.TenantOf(tenant).Roles[roleName] = role;
        }

        if (options.BootstrapAdmin is { } admin)
        {
            var roles = new[] { BuiltInRoles.Admin, BuiltInRoles.Operator };
            Add(known, (ChannelId.DefaultTenant, admin.User), new UserOptions { Password = admin.Password, Roles = roles }, old);
        }

        known.IsEmpty = old?.IsEmpty != false && known.Users.Count == 0 && known.Tenants.Count == 0 && options.Issuers.Count == 0;
        return known;
    }

    private void Add(Known known, (string Tenant, string Name) id, UserOptions options, Known? old)
    {
        known.TenantOf(id.Tenant);
        var user = new User { Tenant = id.Tenant, Name = id.Name, Roles = options.Roles, Disabled = options.Disabled, PasswordHash = options.PasswordHash };
        if (options.PasswordHash is null && !string.IsNullOrEmpty(options.Password))
        {
            // Hashing is slow on purpose: a password that stayed as it was is not hashed anew with each change of the file.
            var same = old is not null && old.Passwords.GetValueOrDefault(id) == options.Password ? old.Users[id] : null;
            known.Passwords[id] = options.Password;
            user = user with
            {
                PasswordHash = same?.PasswordHash ?? _hasher.HashPassword(user, options.Password),
                ConfiguredStamp = same?.ConfiguredStamp ?? StampOf(user, options.Password),
            };
        }

        known.Users[id] = user;
    }

    /// <summary>As slow to guess from as the hash is.</summary>
    private static string StampOf(User user, string password) => Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(
        password, Encoding.UTF8.GetBytes($"tidings stamp {user.Tenant}/{user.Name}"), StampIterations, HashAlgorithmName.SHA512, StampBytes));

    private static (string Tenant, string Name) Parse(string text) =>
        IdentityName.TrySplit(text, out var tenant, out var name)
            ? (tenant, name)
            : throw new InvalidOperationException($"'{text}' in Tidings:Users or Tidings:Roles is not a name, nor a tenant, a slash and a name.");

    /// <summary>What the configuration says at one time. Passwords are there anyway, in the configuration.</summary>
    private sealed class Known
    {
        public Dictionary<string, Tenant> Tenants { get; } = new(StringComparer.Ordinal);

        public Dictionary<(string Tenant, string Name), User> Users { get; } = [];

        public Dictionary<(string Tenant, string Name), string> Passwords { get; } = [];

        public bool IsEmpty { get; set; }

        public Tenant TenantOf(string name) => Tenants.TryGetValue(name, out var tenant) ? tenant : Tenants[name] = new Tenant { Name = name };
    }
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
