using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Identity.Authentication;

/// <summary>
/// Log-in by session cookie: an opaque random id, of which storage has the hash alone. A cookie that is good no longer is as none: a
/// browser sends it without being asked, and could not log in anew otherwise.
/// </summary>
internal sealed class CookieHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, CallerCheck check, IOptions<IdentityOptions> identity)
    : CredentialHandler(options, logger, encoder)
{
    protected override async ValueTask<AuthenticationOutcome?> CheckAsync()
    {
        if (Request.Headers.Cookie.Count == 0 || Request.Cookies[identity.Value.Tokens.CookieName] is not { Length: > 0 and <= 128 } secret)
        {
            return null;
        }

        var id = GrantOf(secret);
        return await check.FindGrantAsync(id) is { } grant
            && await check.RefreshAsync(new Caller(grant.Tenant, grant.User, [], $"{CallerCheck.Cookie}:{id}", grant.Expires)) is { } caller
            ? AuthenticationOutcome.Success(caller)
            : null;
    }

    /// <summary>The log-in that a cookie stands for.</summary>
    public static string GrantOf(string secret) => "c" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
