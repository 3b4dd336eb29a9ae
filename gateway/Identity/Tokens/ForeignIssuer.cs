using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Tidings.Gateway.Identity.Authentication;

namespace Tidings.Gateway.Identity.Tokens;

/// <summary>
/// Tokens of one configured issuer. Keys that it rotated are fetched when a token names one that is not known; keys that it withdrew are
/// forgotten within minutes.
/// </summary>
internal sealed class ForeignIssuer(string name, IssuerOptions options, HttpClient http, TimeProvider time, ILogger logger)
{
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler _tokens = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters _parameters = ParametersOf(options, http, time);
    private readonly KeyFile? _file = options.KeyFile is null ? null : new KeyFile(options.KeyFile, time, logger);

    /// <summary>The <c>iss</c> of its tokens.</summary>
    public string Issuer => options.Issuer;

    public async ValueTask<AuthenticationOutcome> LogInAsync(JsonWebToken token)
    {
        // The library keeps notes in what it is given.
        var parameters = _parameters.Clone();
        if (_file is not null)
        {
            parameters.IssuerSigningKeys = _file.Keys;
        }

        var result = await _tokens.ValidateTokenAsync(token, parameters);
        if (!result.IsValid)
        {
            return AuthenticationOutcome.Refused(result.Exception.GetType().Name);
        }

        var tenant = options.TenantClaim is null ? options.Tenant : ClaimOf(token, options.TenantClaim);
        var user = ClaimOf(token, options.UserClaim);
        if (!IdentityName.IsValid(tenant) || !IdentityName.IsValid(user))
        {
            return AuthenticationOutcome.Refused("no usable tenant or user in the token");
        }

        // Two who are called alike are two people unless the configuration knows better.
        var called = options.SharesUsers ? user! : IdentityName.OfIssuer(name, user!);

        // An issuer that speaks for some tenants gives nobody rights in others.
        string[] roles = [.. token.Claims.Where(claim => claim.Type == options.RolesClaim).Select(static claim => claim.Value)
            .Where(static role => IdentityName.IsValid(role) && !Accounts.BuiltInRoles.IsAboveTenants(role))];
        return AuthenticationOutcome.Success(new Caller(tenant!, called, roles, IssuerCredentials.Of(name), token.ValidTo));
    }

    private static string? ClaimOf(JsonWebToken token, string name) => token.TryGetClaim(name, out var claim) ? claim.Value : null;

    private static TokenValidationParameters ParametersOf(IssuerOptions options, HttpClient http, TimeProvider time)
    {
        var parameters = new TokenValidationParameters
        {
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            ValidAlgorithms = Algorithms,
            ClockSkew = options.ClockSkew,
            RequireExpirationTime = true,
            RequireSignedTokens = true,

            // A token that does not say when it begins may have begun at the beginning of time, from which nothing can be taken away.
            LifetimeValidator = (notBefore, expires, _, _) =>
                expires > time.GetUtcNow().UtcDateTime && !(notBefore > time.GetUtcNow().UtcDateTime + options.ClockSkew),
        };
        if (options.KeyFile is null)
        {
            parameters.ConfigurationManager = Configuration(options, new HttpDocumentRetriever(http) { RequireHttps = !options.AllowHttp });
        }

        return parameters;
    }

    private static ConfigurationManager<OpenIdConnectConfiguration> Configuration(IssuerOptions options, HttpDocumentRetriever documents) =>
        new(
            options.JwksUrl ?? $"{options.Authority!.TrimEnd('/')}/.well-known/openid-configuration",
            options.JwksUrl is null ? new OpenIdConnectConfigurationRetriever() : new KeySetRetriever(),
            documents)
        {
            RefreshInterval = TimeSpan.FromSeconds(1),
            AutomaticRefreshInterval = BaseConfigurationManager.MinimumAutomaticRefreshInterval,

            // A key that the issuer withdrew is good no longer, whatever was good before.
            UseLastKnownGoodConfiguration = false,
        };

    /// <summary>Reads a bare key set as if a discovery document had led to it.</summary>
    private sealed class KeySetRetriever : IConfigurationRetriever<OpenIdConnectConfiguration>
    {
        public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel)
        {
            var configuration = new OpenIdConnectConfiguration { JsonWebKeySet = new JsonWebKeySet(await retriever.GetDocumentAsync(address, cancel)) };
            foreach (var key in configuration.JsonWebKeySet.GetSigningKeys())
            {
                configuration.SigningKeys.Add(key);
            }

            return configuration;
        }
    }
}
