using System.Text.Json;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Gateway.Identity.Tokens;

namespace Tidings.Gateway.Personium;

/// <summary>A cell's tokens: <c>__token</c> (RFC 6749) and <c>__introspect</c> (RFC 7662), on the server's own.</summary>
internal sealed class PersoniumTokens(CredentialChecker credentials, TokenService tokens, RateBook rates, IdentityAudit audit)
{
    private const int MostFormBytes = 64 * 1024;

    /// <summary>Password and refresh grants.</summary>
    public async Task<PersoniumAnswer> TokenAsync(PersoniumCall call)
    {
        call.Context.Response.Headers.CacheControl = "no-store";
        if (rates.Of(call.Context).Handshake() is { } tooMany)
        {
            return PersoniumAnswer.TooMany(tooMany);
        }

        if (await FormAsync(call.Context.Request) is not { } form)
        {
            return Fault("invalid_request");
        }

        switch (form["grant_type"].ToString())
        {
            case "password" when form["username"].ToString() is { Length: > 0 } user && form["password"].ToString() is { Length: > 0 } password:
                var outcome = await credentials.PasswordAsync(call.Context, $"{call.Cell}/{user}", password);
                if (outcome.Caller is not { } caller)
                {
                    return outcome.RetryAfter is { } wait
                        ? new PersoniumAnswer(StatusCodes.Status429TooManyRequests, "Too many failed log-ins."u8.ToArray(), "text/plain") { RetryAfter = (int)Math.Ceiling(wait.TotalSeconds) }
                        : Fault("invalid_grant");
                }

                if (rates.LoggedIn(call.Context, caller) is { } tooManyOfTheirs)
                {
                    return PersoniumAnswer.TooMany(tooManyOfTheirs);
                }

                audit.LoggedIn("token", caller, call.Context.Connection.RemoteIpAddress);
                return Answer(await tokens.GrantAsync(caller));
            case "refresh_token" when form["refresh_token"].ToString() is { Length: > 0 } refresh:
                var refreshed = await tokens.RefreshAsync(refresh);
                if (refreshed.Pair is not { } pair || !await IsOfAsync(call, pair))
                {
                    audit.Refused("refresh token", refreshed.Account, refreshed.Refusal ?? "a log-in of another cell", call.Context.Connection.RemoteIpAddress);
                    return Fault("invalid_grant");
                }

                return Answer(pair);
            case "password" or "refresh_token" or "":
                return Fault("invalid_request");
            default:
                return Fault("unsupported_grant_type");
        }
    }

    /// <summary>Whether a token of the cell is good, any that the server takes. Asked by someone of the cell.</summary>
    public async Task<PersoniumAnswer> IntrospectAsync(PersoniumCall call)
    {
        if (CallerIdentity.Of(call.Context.User)?.Caller.Tenant != call.Cell)
        {
            return PersoniumAccess.Lacking(call);
        }

        var form = await FormAsync(call.Context.Request);
        var caller = (await credentials.BearerAsync(call.Context, form?["token"].ToString() ?? "")).Caller;
        var answer = caller is not null && caller.Tenant == call.Cell
            ? new Introspection(true, caller.User, caller.Tenant, caller.Expires?.ToUnixTimeSeconds(), caller.Roles)
            : new Introspection(false, null, null, null, null);
        return PersoniumAnswer.Json(JsonSerializer.SerializeToUtf8Bytes(answer, TokenJson.Default.Introspection));
    }

    /// <summary>A log-in of another cell is not prolonged here.</summary>
    private async Task<bool> IsOfAsync(PersoniumCall call, TokenPair pair)
    {
        if ((await tokens.LogInAsync(pair.AccessToken)).Caller?.Tenant == call.Cell)
        {
            return true;
        }

        await tokens.RevokeTokenAsync(pair.RefreshToken);
        return false;
    }

    private static async Task<IFormCollection?> FormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType || request.ContentLength is null || !await WholeForms.TryReadAsync(request, MostFormBytes))
        {
            return null;
        }

        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
        {
            return null;
        }
    }

    private static PersoniumAnswer Answer(TokenPair pair) => PersoniumAnswer.Json(JsonSerializer.SerializeToUtf8Bytes(
        new TokenAnswer(pair.AccessToken, "Bearer", (long)pair.Lifetime.TotalSeconds, pair.RefreshToken), TokenJson.Default.TokenAnswer));

    private static PersoniumAnswer Fault(string error) => PersoniumAnswer.Json(JsonSerializer.SerializeToUtf8Bytes(new TokenFault(error), TokenJson.Default.TokenFault))
        with
    { Status = StatusCodes.Status400BadRequest };
}
