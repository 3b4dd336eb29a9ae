using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Authentication;

namespace Tidings.Gateway.Identity.Tokens;

/// <summary>Tokens of the server's own: <c>/token</c> (RFC 6749), <c>/token/introspect</c> (RFC 7662), <c>/token/revoke</c> (RFC 7009).</summary>
internal static class TokenEndpoint
{
    /// <summary>The largest form; the longest token that is taken is a quarter of it.</summary>
    private const int MostBytes = 64 * 1024;

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/token").WithTags("Tokens").AllowAnonymous().DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        group.MapPost("", TokenAsync).WithName("Token").WithSummary("Gives an access token for a password or a refresh token")
            .Produces<TokenAnswer>().Produces<TokenFault>(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status429TooManyRequests);
        group.MapPost("/introspect", IntrospectAsync).WithName("Introspect").WithSummary("Tells whether a token of the caller's tenant is good, and whose it is")
            .Produces<Introspection>().ProducesProblem(StatusCodes.Status401Unauthorized);
        group.MapPost("/revoke", RevokeAsync).WithName("Revoke").WithSummary("Ends the log-in that a token is of").Produces(StatusCodes.Status200OK);
    }

    private static async Task<IResult> TokenAsync(
        HttpContext context,
        CredentialChecker credentials,
        TokenService tokens,
        RateBook rates,
        IdentityAudit audit,
        [FromForm(Name = "grant_type")] string? grantType = null,
        [FromForm] string? username = null,
        [FromForm] string? password = null,
        [FromForm(Name = "refresh_token")] string? refreshToken = null)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (rates.Of(context).Handshake() is { } tooMany)
        {
            return Refusals.TooMany(context, tooMany);
        }

        switch (grantType)
        {
            case "password" when username is not null && password is not null:
                var outcome = await credentials.PasswordAsync(context, username, password);
                if (outcome.Caller is not { } caller)
                {
                    return outcome.RetryAfter is { } wait ? TooMany(context, wait) : Fault("invalid_grant");
                }

                if (rates.LoggedIn(context, caller) is { } tooManyOfTheirs)
                {
                    return Refusals.TooMany(context, tooManyOfTheirs);
                }

                audit.LoggedIn("token", caller, context.Connection.RemoteIpAddress);
                return Answer(await tokens.GrantAsync(caller));
            case "refresh_token" when refreshToken is not null:
                var refreshed = await tokens.RefreshAsync(refreshToken);
                if (refreshed.Pair is not { } pair)
                {
                    audit.Refused("refresh token", refreshed.Account, refreshed.Refusal!, context.Connection.RemoteIpAddress);
                    return Fault("invalid_grant");
                }

                return Answer(pair);
            case "password" or "refresh_token" or null:
                return Fault("invalid_request");
            default:
                return Fault("unsupported_grant_type");
        }
    }

    private static async Task<IResult> IntrospectAsync(HttpContext context, TokenService tokens, [FromForm] string? token = null)
    {
        if (CallerIdentity.Of(context.User) is not { } asking)
        {
            context.Response.Headers.WWWAuthenticate = CredentialGuard.Challenge;
            return TypedResults.Problem("Log in to ask about tokens.", statusCode: StatusCodes.Status401Unauthorized);
        }

        var caller = (await tokens.LogInAsync(token ?? "")).Caller;
        var visible = caller is not null && caller.Tenant == asking.Caller.Tenant ? caller : null;
        return TypedResults.Json(
            visible is null
                ? new Introspection(false, null, null, null, null)
                : new Introspection(true, visible.User, visible.Tenant, visible.Expires?.ToUnixTimeSeconds(), visible.Roles),
            TokenJson.Default.Introspection);
    }

    /// <summary>Whoever has a token may end it. A token that is none is no error (RFC 7009, section 2.2).</summary>
    private static async Task<IResult> RevokeAsync(TokenService tokens, [FromForm] string? token = null)
    {
        await tokens.RevokeTokenAsync(token ?? "");
        return TypedResults.Ok();
    }

    private static JsonHttpResult<TokenAnswer> Answer(TokenPair pair) => TypedResults.Json(
        new TokenAnswer(pair.AccessToken, "Bearer", (long)pair.Lifetime.TotalSeconds, pair.RefreshToken), TokenJson.Default.TokenAnswer);

    private static JsonHttpResult<TokenFault> Fault(string error) => TypedResults.Json(new TokenFault(error), TokenJson.Default.TokenFault, statusCode: StatusCodes.Status400BadRequest);

    private static ProblemHttpResult TooMany(HttpContext context, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return TypedResults.Problem("Too many failed log-ins.", statusCode: StatusCodes.Status429TooManyRequests);
    }
}

/// <summary>A token response (RFC 6749, section 5.1).</summary>
internal sealed record TokenAnswer(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] long ExpiresIn,
    [property: JsonPropertyName("refresh_token")] string RefreshToken);

/// <summary>A token error (RFC 6749, section 5.2).</summary>
internal sealed record TokenFault([property: JsonPropertyName("error")] string Error);

/// <summary>An introspection response (RFC 7662, section 2.2).</summary>
internal sealed record Introspection(
    [property: JsonPropertyName("active")] bool Active,
    [property: JsonPropertyName("username")] string? User,
    [property: JsonPropertyName("tenant")] string? Tenant,
    [property: JsonPropertyName("exp")] long? Expires,
    [property: JsonPropertyName("roles")] IReadOnlyList<string>? Roles);

/// <summary>JSON of the token endpoints, generated at compile time.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenFault))]
[JsonSerializable(typeof(Introspection))]
internal sealed partial class TokenJson : JsonSerializerContext;
