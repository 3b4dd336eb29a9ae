using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Tidings.Gateway.Identity.Authentication;

/// <summary>HTTP Basic (RFC 7617): <c>tenant/user</c> or <c>user</c>, a colon, the password; UTF-8.</summary>
internal sealed class BasicHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, CredentialChecker credentials)
    : CredentialHandler(options, logger, encoder)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    protected override async ValueTask<AuthenticationOutcome?> CheckAsync()
    {
        if (Request.Headers.Authorization.Count == 0)
        {
            return null;
        }

        return TryRead(Schemes.ParameterOf(Request, Schemes.Basic), out var name, out var password)
            ? await credentials.PasswordAsync(Context, name, password)
            : AuthenticationOutcome.Refused("malformed Authorization header");
    }

    internal static bool TryRead(string? parameter, out string name, out string password)
    {
        (name, password) = ("", "");
        try
        {
            var text = parameter is null ? "" : Strict.GetString(Convert.FromBase64String(parameter));
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                return false;
            }

            (name, password) = (text[..colon], text[(colon + 1)..]);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
        {
            return false;
        }
    }
}
