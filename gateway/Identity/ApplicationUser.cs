using System.Security.Claims;

namespace Tidings.Gateway.Identity;

/// <summary>Users whom the application around the server knows by authentication of its own.</summary>
internal static class ApplicationUser
{
    /// <summary>What no issuer is called: users of the application are named like an issuer's.</summary>
    public const string Issuer = "application";

    /// <summary>The name of a user as sessions are theirs, as no user of this server is called; null for a caller without one, or who is no such user.</summary>
    public static string? OwnerNameOf(ClaimsPrincipal user) => CallerIdentity.Of(user) is null && NameOf(user) is { Length: > 0 } name ? IdentityName.OfIssuer(Issuer, name) : null;

    /// <summary>The name of whoever is authenticated, by whomever; null for nobody.</summary>
    public static string? NameOf(ClaimsPrincipal user) => user.Identity is { IsAuthenticated: true } identity
        ? (user.FindFirst(ClaimTypes.NameIdentifier) ?? user.FindFirst("sub"))?.Value ?? identity.Name
        : null;
}
