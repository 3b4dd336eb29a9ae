using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Identity.Authentication;

/// <summary>Tokens and API keys in the Authorization header (RFC 6750, section 2.1), API keys in <c>X-Api-Key</c>, too.</summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, CredentialChecker credentials)
    : CredentialHandler(options, logger, encoder)
{
    /// <summary>The header of API keys.</summary>
    public const string KeyHeader = "X-Api-Key";

    protected override async ValueTask<AuthenticationOutcome?> CheckAsync()
    {
        var key = Request.Headers[KeyHeader];
        var text = Schemes.ParameterOf(Request, Schemes.Bearer) ?? (key.Count == 1 ? key.ToString() : null);
        return string.IsNullOrEmpty(text) ? AuthenticationOutcome.Refused("malformed header") : await credentials.BearerAsync(Context, text);
    }
}
