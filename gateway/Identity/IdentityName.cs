using System.Text.RegularExpressions;

namespace Tidings.Gateway.Identity;

/// <summary>
/// Names of tenants, users and roles: 1 to 64 letters and digits of ASCII and <c>. _ @ -</c>, the first a letter or digit. Case matters.
/// Nothing in them separates parts of a grain's or Redis' key, of a header or of a log line.
/// </summary>
internal static partial class IdentityName
{
    /// <summary>What separates tenant and user in a log-in name.</summary>
    public const char Separator = '/';

    /// <summary>What separates an issuer and its user in the name of a user who logs in there.</summary>
    private const char OfIssuerSeparator = ':';

    public static bool IsValid(string? name) => name is not null && Grammar().IsMatch(name);

    /// <summary>The name of a user who logs in at another issuer: no user of this server can be called so.</summary>
    /// <param name="issuer">The issuer's name in the configuration.</param>
    /// <param name="user">The user as the issuer calls it.</param>
    public static string OfIssuer(string issuer, string user) => $"{issuer}{OfIssuerSeparator}{user}";

    /// <summary>Whether it is the name of a user who logs in at another issuer.</summary>
    public static bool IsOfIssuer(string? name) =>
        name?.IndexOf(OfIssuerSeparator, StringComparison.Ordinal) is > 0 and var at && IsValid(name[..at]) && IsValid(name[(at + 1)..]);

    /// <summary>Takes <c>tenant/name</c> or <c>name</c>, of tenant <c>default</c>, apart.</summary>
    public static bool TrySplit(string? text, out string tenant, out string name)
    {
        var slash = text?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        tenant = slash < 0 ? ChannelId.DefaultTenant : text![..slash];
        name = text?[(slash + 1)..] ?? "";
        return IsValid(tenant) && IsValid(name);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
