using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tidings.Gateway.Identity.Accounts;

/// <summary>A tenant and what its roles may do.</summary>
internal sealed record Tenant
{
    public required string Name { get; init; }

    public bool Disabled { get; init; }

    /// <summary>Which state of what is stored this is; see <see cref="AccountVersion"/>.</summary>
    [JsonIgnore]
    public string Version { get; init; } = AccountVersion.None;

    public Dictionary<string, RoleOptions> Roles { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>A user of a tenant.</summary>
internal sealed record User
{
    public required string Tenant { get; init; }

    public required string Name { get; init; }

    /// <summary>As the framework's hasher makes it; null: no log-in by password.</summary>
    public string? PasswordHash { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    public bool Disabled { get; init; }

    /// <summary>Which state of what is stored this is; see <see cref="AccountVersion"/>.</summary>
    [JsonIgnore]
    public string Version { get; init; } = AccountVersion.None;

    /// <summary>The stamp of a configured password, which each process hashes with a salt of its own; null otherwise.</summary>
    [JsonIgnore]
    public string? ConfiguredStamp { get; init; }

    /// <summary>Changes when the password does, is the same in every process, and tells nothing of the password.</summary>
    [JsonIgnore]
    public string Stamp => ConfiguredStamp ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PasswordHash ?? "")))[..16];
}

/// <summary>A key that a program logs in with, in the name of a user.</summary>
internal sealed record ApiKey
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string User { get; init; }

    /// <summary>SHA-256 of the secret, in hexadecimal: the secret has 256 random bits, so nothing slower is needed.</summary>
    public required string Hash { get; init; }

    public DateTimeOffset? Expires { get; init; }

    public bool Disabled { get; init; }
}

/// <summary>A log-in that tokens or a cookie stand for; revoked by being removed.</summary>
internal sealed record Grant
{
    public required string Tenant { get; init; }

    public required string User { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>The stamp of the password that the log-in began with: it ends when that is changed. Null: not looked at.</summary>
    public string? Stamp { get; init; }

    /// <summary>SHA-256 of the refresh token that is good now; null for a cookie.</summary>
    public string? RefreshHash { get; init; }
}

/// <summary>A key that signs the server's own tokens.</summary>
internal sealed record StoredSigningKey
{
    public required string Id { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>PKCS #8.</summary>
    public required byte[] PrivateKey { get; init; }
}

/// <summary>Accounts as they are kept, generated at compile time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(Grant))]
[JsonSerializable(typeof(StoredSigningKey))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, string>>))]
internal sealed partial class AccountJson : JsonSerializerContext;
