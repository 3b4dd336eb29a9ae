using System.Security.Cryptography;
using System.Text;

namespace Tidings;

/// <summary>
/// The two names of a session. The secret one (the Bayeux clientId) is known to its client alone and stored nowhere;
/// the public one is derived from it, addresses the session grain and is what logs, traces and events show.
/// </summary>
public static class SessionId
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int SecretLength = 27;
    private const int LongestTenant = 64;

    /// <summary>A new secret id: 160 random bits as 27 characters of <c>[A-Za-z0-9]</c>.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetString(Alphabet, SecretLength);

    /// <summary>
    /// A new secret id that says which tenant it is of, for clients that show credentials at the handshake alone: the tenant's name follows
    /// in hexadecimal. An id with another tenant's name is another id.
    /// </summary>
    public static string NewSecret(string tenant) =>
        tenant == ChannelId.DefaultTenant ? NewSecret() : NewSecret() + Convert.ToHexString(Encoding.UTF8.GetBytes(tenant));

    /// <summary>The tenant that a secret id says it is of.</summary>
    public static string TenantOf(string secret)
    {
        if (secret.Length <= SecretLength)
        {
            return ChannelId.DefaultTenant;
        }

        Span<byte> name = stackalloc byte[LongestTenant];
        return secret.Length <= SecretLength + (2 * LongestTenant)
            && Convert.FromHexString(secret.AsSpan(SecretLength), name, out _, out var length) == System.Buffers.OperationStatus.Done
            ? Encoding.UTF8.GetString(name[..length])
            : ChannelId.DefaultTenant;
    }

    /// <summary>The public id of a secret one: 128 bits of its SHA-256, in hexadecimal.</summary>
    public static string PublicOf(string secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(secret), hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    /// <summary>The session grain's key: a session of one tenant does not exist for another.</summary>
    public static string ToKey(string tenant, string publicId) => $"{tenant}/{publicId}";
}
