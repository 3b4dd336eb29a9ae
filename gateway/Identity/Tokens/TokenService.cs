using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Identity.Tokens;

/// <summary>An access token with the refresh token beside it.</summary>
internal sealed record TokenPair(string AccessToken, string RefreshToken, TimeSpan Lifetime);

/// <summary>What came of a refresh token.</summary>
/// <param name="Pair">The next tokens; null when it is refused.</param>
/// <param name="Refusal">Why, for the audit and never for the client.</param>
/// <param name="Account">Whose it was, as far as that is known.</param>
internal sealed record RefreshOutcome(TokenPair? Pair, string? Refusal, string? Account);

/// <summary>
/// The server's own tokens. A log-in is a grant in storage; access tokens are short-lived JWTs that name it, and good only while it
/// stands. A refresh token is good once: used again, it was stolen, and the whole log-in ends (RFC 9700, section 4.14.2).
/// </summary>
internal sealed class TokenService(
    IIdentityStorage storage, Logins logins, SigningKeys keys, CallerCheck check, IOptions<IdentityOptions> options, TimeProvider time)
{
    private const string GrantClaim = "sid";
    private const int IdLength = 32;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    private static readonly JsonWebTokenHandler Tokens = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };

    private TokenOptions Options => options.Value.Tokens;

    /// <summary>Begins a log-in for someone who has just proved who they are.</summary>
    public async Task<TokenPair> GrantAsync(Caller caller)
    {
        var id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        var (grant, secret) = NewGrant(caller.Tenant, caller.User, await check.StampOfAsync(caller));
        await logins.BeginAsync(id, grant, Options.RefreshLifetime);
        return await PairAsync(id, grant, secret);
    }

    /// <summary>Prolongs a log-in; without a pair when the refresh token is not good, and why not.</summary>
    public async Task<RefreshOutcome> RefreshAsync(string refreshToken)
    {
        var (id, secret) = Split(refreshToken);
        if (await storage.GetAsync(IdentityTables.Grants, id) is not { } json || JsonSerializer.Deserialize(json, AccountJson.Default.Grant) is not { RefreshHash: not null } old)
        {
            return new RefreshOutcome(null, "unknown refresh token", null);
        }

        var caller = new Caller(old.Tenant, old.User, [], $"{CallerCheck.Token}:{id}", null);
        var (grant, next) = NewGrant(old.Tenant, old.User, old.Stamp);
        var refusal = !IsSecret(secret, old) ? "a refresh token was used twice, which ends the log-in"
            : await check.RefreshAsync(caller) is null ? "the account is not what it was"
            : !await logins.ProlongAsync(id, json, grant, Options.RefreshLifetime)
            ? "a refresh token was used twice at once, which ends the log-in"
            : null;
        if (refusal is not null)
        {
            await RevokeAsync(id);
            return new RefreshOutcome(null, refusal, $"{old.Tenant}/{old.User}");
        }

        return new RefreshOutcome(await PairAsync(id, grant, next), null, null);
    }

    /// <summary>Ends the log-in that a refresh or access token is of (RFC 7009). False if the token is of none.</summary>
    public async Task<bool> RevokeTokenAsync(string token)
    {
        if (await LogInAsync(token) is { Caller: { } caller })
        {
            return await RevokeAsync(caller.Credential[(CallerCheck.Token.Length + 1)..]);
        }

        var (id, secret) = Split(token);
        return await check.FindGrantAsync(id) is { RefreshHash: not null } grant && IsSecret(secret, grant) && await RevokeAsync(id);
    }

    /// <summary>Whether a token says that it is one of these; nothing about it is checked yet.</summary>
    public bool IsOwn(JsonWebToken token) => token.Issuer == Options.Issuer;

    /// <summary>Whether a text has the form of a refresh token; nothing about it is checked.</summary>
    public static bool IsRefreshToken(string text) =>
        text.IndexOf('.', StringComparison.Ordinal) == IdLength && text.LastIndexOf('.') == IdLength && text.AsSpan(0, IdLength).IndexOfAnyExcept(Hex) < 0;

    /// <summary>Log-in by access token.</summary>
    public async ValueTask<AuthenticationOutcome> LogInAsync(string text)
    {
        if (!Tokens.CanReadToken(text) || ReadOrNull(text) is not { } token || await keys.FindAsync(token.Kid) is not { } key)
        {
            return AuthenticationOutcome.Refused("not a token of this server");
        }

        var result = await Tokens.ValidateTokenAsync(token, Parameters(key));
        if (!result.IsValid)
        {
            return AuthenticationOutcome.Refused(result.Exception.GetType().Name);
        }

        var (tenant, user) = ((string)result.Claims[CallerIdentity.TenantClaim], token.Subject);
        var caller = await check.RefreshAsync(new Caller(tenant, user, [], $"{CallerCheck.Token}:{result.Claims[GrantClaim]}", token.ValidTo));
        return caller is null ? AuthenticationOutcome.Refused("revoked", $"{tenant}/{user}") : AuthenticationOutcome.Success(caller);
    }

    /// <summary>A token taken apart; null for what is none.</summary>
    public static JsonWebToken? ReadOrNull(string text)
    {
        try
        {
            return new JsonWebToken(text);
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenMalformedException)
        {
            return null;
        }
    }

    private TokenValidationParameters Parameters(SecurityKey key) => new()
    {
        ValidIssuer = Options.Issuer,
        ValidAudience = Options.Issuer,
        IssuerSigningKey = key,
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        ValidTypes = ["at+jwt"],
        ClockSkew = TimeSpan.Zero,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        LifetimeValidator = (notBefore, expires, _, _) => expires > time.GetUtcNow().UtcDateTime && !(notBefore > time.GetUtcNow().UtcDateTime),
    };

    private async Task<TokenPair> PairAsync(string id, Grant grant, string secret)
    {
        var now = time.GetUtcNow();
        var access = Tokens.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Options.Issuer,
            Audience = Options.Issuer,
            TokenType = "at+jwt",
            IssuedAt = now.UtcDateTime,
            Expires = (now + Options.Lifetime).UtcDateTime,
            Claims = new Dictionary<string, object> { ["sub"] = grant.User, [CallerIdentity.TenantClaim] = grant.Tenant, [GrantClaim] = id },
            SigningCredentials = await keys.CurrentAsync(),
        });
        return new TokenPair(access, $"{id}.{secret}", Options.Lifetime);
    }

    private (Grant Grant, string Secret) NewGrant(string tenant, string user, string? stamp)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (new Grant { Tenant = tenant, User = user, Stamp = stamp, Expires = time.GetUtcNow() + Options.RefreshLifetime, RefreshHash = HashOf(secret) }, secret);
    }

    private async Task<bool> RevokeAsync(string id)
    {
        var removed = await storage.RemoveAsync(IdentityTables.Grants, id);
        await storage.AnnounceAsync();
        return removed;
    }

    private static (string Id, string Secret) Split(string refreshToken)
    {
        var dot = refreshToken.Length <= 128 ? refreshToken.IndexOf('.', StringComparison.Ordinal) : -1;
        return dot > 0 ? (refreshToken[..dot], refreshToken[(dot + 1)..]) : ("", "");
    }

    private static bool IsSecret(string secret, Grant grant) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(secret)), Encoding.ASCII.GetBytes(grant.RefreshHash!));

    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
