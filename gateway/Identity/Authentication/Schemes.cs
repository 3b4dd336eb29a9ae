using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Identity.Authentication;

/// <summary>The authentication schemes, and which of them a request is for.</summary>
internal static class Schemes
{
    /// <summary>Forwards to one of the others by what the request carries.</summary>
    public const string Default = "Tidings";

    /// <summary>HTTP Basic (RFC 7617).</summary>
    public const string Basic = "Basic";

    /// <summary>Tokens and API keys (RFC 6750).</summary>
    public const string Bearer = "Bearer";

    // An application around the server may have schemes of the usual names.
    private const string BasicScheme = Default + "." + Basic;
    private const string BearerScheme = Default + "." + Bearer;
    private const string CookieScheme = Default + ".Cookie";

    /// <summary>Adds them.</summary>
    public static void AddTidingsSchemes(this IServiceCollection services) => services
        .AddAuthentication()
        .AddPolicyScheme(Default, null, static options => options.ForwardDefaultSelector = Select)
        .AddScheme<AuthenticationSchemeOptions, BasicHandler>(BasicScheme, null)
        .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerScheme, null)
        .AddScheme<AuthenticationSchemeOptions, CookieHandler>(CookieScheme, null);

    /// <summary>What of the Authorization header comes after the scheme; null if it is of another.</summary>
    public static string? ParameterOf(HttpRequest request, string scheme)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && header.Length > scheme.Length && header[scheme.Length] == ' '
            ? header[(scheme.Length + 1)..].Trim()
            : null;
    }

    // An unknown scheme goes to Basic, which refuses it: nobody who shows credentials is served as if there were none.
    private static string Select(HttpContext context) =>
        context.Request.Headers.Authorization.Count > 0 ? ParameterOf(context.Request, Bearer) is null ? BasicScheme : BearerScheme
        : context.Request.Headers.ContainsKey(BearerHandler.KeyHeader) ? BearerScheme
        : CookieScheme;
}

/// <summary>Turns what a handler finds into the framework's terms.</summary>
internal abstract class CredentialHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Looks at the request's credentials; null when it has none.</summary>
    protected abstract ValueTask<AuthenticationOutcome?> CheckAsync();

    protected sealed override async Task<AuthenticateResult> HandleAuthenticateAsync() => await CheckAsync() switch
    {
        null => AuthenticateResult.NoResult(),
        { Caller: { } caller } => AuthenticateResult.Success(new AuthenticationTicket(
            new System.Security.Claims.ClaimsPrincipal(new CallerIdentity(caller, Scheme.Name)), new AuthenticationProperties(), Scheme.Name)),
        { RetryAfter: { } wait } => AuthenticateResult.Fail(new TooManyLoginsException(wait)),
        { } refused => AuthenticateResult.Fail(refused.Refusal!),
    };
}

/// <summary>Credentials were not looked at, since too many before were wrong.</summary>
internal sealed class TooManyLoginsException(TimeSpan retryAfter) : Exception("Too many failed log-ins.")
{
    public TimeSpan RetryAfter => retryAfter;
}
