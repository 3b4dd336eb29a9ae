using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Makes what another issuer would: keys and tokens.</summary>
internal static class ForeignTokens
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "tidings-test";

    public static ECDsaSecurityKey NewKey(string id) => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = id };

    /// <summary>The public parts as a JSON Web Key Set.</summary>
    public static string KeySet(params ECDsaSecurityKey[] keys) => JsonSerializer.Serialize(new { keys = keys.Select(PublicPart).ToArray() });

    /// <summary>A token, which begins and ends so many seconds from now; without <paramref name="from"/> it does not say when it begins.</summary>
    public static string New(
        SecurityKey? key,
        string? tenant = "default",
        string user = "carol",
        int? from = -10,
        int until = 60,
        string audience = Audience,
        string issuer = Issuer,
        string algorithm = SecurityAlgorithms.EcdsaSha256,
        string[]? roles = null)
    {
        var claims = new Dictionary<string, object> { ["sub"] = user, ["roles"] = roles ?? ["reader"] };
        if (tenant is not null)
        {
            claims["tid"] = tenant;
        }

        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = from is { } begins ? now.AddSeconds(begins) : null,
            IssuedAt = now.AddSeconds(from ?? 0),
            Expires = now.AddSeconds(until),
            Claims = claims,
            SigningCredentials = key is null ? null : new SigningCredentials(key, algorithm),
        });
    }

    private static object PublicPart(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return new { kty = "EC", crv = "P-256", kid = key.KeyId, use = "sig", x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) };
    }
}
