using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Tokens;

namespace Tidings.Gateway.Identity.Authentication;

/// <summary>Checks credentials, whatever carried them: a header, a token request or a Bayeux handshake. Refusals are audited and slowed here.</summary>
internal sealed class CredentialChecker
{
    private const int MaxTokenLength = 16 * 1024;
    private readonly PasswordLogin _passwords;
    private readonly ApiKeyLogin _keys;
    private readonly TokenService _tokens;
    private readonly CallerCheck _check;
    private readonly Dictionary<string, ForeignIssuer> _issuers;
    private readonly IdentityAudit _audit;
    private readonly ILoginThrottle? _throttle;

    public CredentialChecker(
        PasswordLogin passwords,
        ApiKeyLogin keys,
        TokenService tokens,
        CallerCheck check,
        IOptions<IdentityOptions> options,
        IHttpClientFactory http,
        TimeProvider time,
        IdentityAudit audit,
        IEnumerable<ILoginThrottle> throttles,
        ILogger<ForeignIssuer> logger)
    {
        (_passwords, _keys, _tokens, _check, _audit, _throttle) = (passwords, keys, tokens, check, audit, throttles.FirstOrDefault());
        _issuers = options.Value.Issuers
            .Select(issuer => new ForeignIssuer(issuer.Key, issuer.Value, http.CreateClient(nameof(ForeignIssuer)), time, logger))
            .ToDictionary(static issuer => issuer.Issuer, StringComparer.Ordinal);
    }

    /// <summary>A name and a password.</summary>
    public ValueTask<AuthenticationOutcome> PasswordAsync(HttpContext context, string name, string password) =>
        SlowedAsync(context, IdentityName.TrySplit(name, out var tenant, out var user) ? $"{tenant}/{user}" : "", "password", () => _passwords.LogInAsync(name, password));

    /// <summary>An API key or a token, the server's own or another issuer's.</summary>
    public ValueTask<AuthenticationOutcome> BearerAsync(HttpContext context, string text) => text.StartsWith(ApiKeyLogin.Prefix, StringComparison.Ordinal)
        ? SlowedAsync(context, "", "key", () => _keys.LogInAsync(text))
        : AuditedAsync(context, "token", TokenAsync(text));

    /// <summary>Credentials that a front end knows by itself: slowed and audited as all are.</summary>
    /// <param name="context">The request.</param>
    /// <param name="method">What kind they are, for the audit log.</param>
    /// <param name="check">Looks at them.</param>
    public ValueTask<AuthenticationOutcome> OtherAsync(HttpContext context, string method, Func<ValueTask<AuthenticationOutcome>> check) =>
        SlowedAsync(context, "", method, check);

    private async ValueTask<AuthenticationOutcome> TokenAsync(string text)
    {
        if (text.Length > MaxTokenLength || TokenService.ReadOrNull(text) is not { } token)
        {
            return AuthenticationOutcome.Refused("not a token");
        }

        return _tokens.IsOwn(token) ? await _tokens.LogInAsync(text)
            : token.Issuer is { } from && _issuers.TryGetValue(from, out var issuer) ? await AdmitAsync(await issuer.LogInAsync(token))
            : AuthenticationOutcome.Refused("unknown issuer");
    }

    /// <summary>Whom another issuer vouches for may be disabled here, or be of a tenant that is.</summary>
    private async ValueTask<AuthenticationOutcome> AdmitAsync(AuthenticationOutcome outcome) =>
        outcome.Caller is { } caller && await _check.RefreshAsync(caller) is null ? AuthenticationOutcome.Refused("disabled", outcome.Account) : outcome;

    private async ValueTask<AuthenticationOutcome> SlowedAsync(HttpContext context, string account, string method, Func<ValueTask<AuthenticationOutcome>> check)
    {
        using var attempt = _throttle is null ? null : await _throttle.BeginAsync(context.Connection.RemoteIpAddress, account, context.RequestAborted);
        if (attempt is { IsAllowed: false })
        {
            return await AuditedAsync(context, method, ValueTask.FromResult(AuthenticationOutcome.Refused("too many failures", account) with { RetryAfter = attempt.RetryAfter }));
        }

        var outcome = await AuditedAsync(context, method, check());
        if (outcome.Caller is null)
        {
            attempt?.Failed();
        }
        else
        {
            attempt?.Succeeded();
        }

        return outcome;
    }

    private async ValueTask<AuthenticationOutcome> AuditedAsync(HttpContext context, string method, ValueTask<AuthenticationOutcome> check)
    {
        var outcome = await check;
        if (outcome.Caller is null)
        {
            _audit.Refused(method, outcome.Account, outcome.Refusal!, context.Connection.RemoteIpAddress);
        }

        return outcome;
    }
}
