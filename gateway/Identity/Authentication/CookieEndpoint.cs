using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Accounts;
using Tidings.Gateway.Identity.Storage;

namespace Tidings.Gateway.Identity.Authentication;

/// <summary>
/// Session cookies for browsers, at <c>/login</c>: POST with credentials sets one, GET tells whose it is, DELETE ends it. The cookie is
/// out of reach of scripts and is not sent along by pages of other sites; requests of foreign origins are refused before they come here.
/// </summary>
internal static class CookieEndpoint
{
    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/login").WithTags("Log-in").AllowAnonymous();
        group.MapPost("", BeginAsync).WithName("LogIn").WithSummary("Sets a session cookie for the caller, who shows other credentials").Produces<WhoAmI>().ProducesProblem(StatusCodes.Status401Unauthorized);
        group.MapGet("", Who).WithName("WhoAmI").WithSummary("Tells who the caller is").Produces<WhoAmI>().ProducesProblem(StatusCodes.Status401Unauthorized);
        group.MapDelete("", EndAsync).WithName("LogOut").WithSummary("Ends the session cookie's log-in").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> BeginAsync(
        HttpContext context, Logins logins, CallerCheck check, RateBook rates, IOptions<IdentityOptions> options, TimeProvider time, IdentityAudit audit)
    {
        if (CallerIdentity.Of(context.User) is not { Caller: var caller })
        {
            return Unauthorized(context);
        }

        if (!caller.Credential.StartsWith(CallerCheck.Password, StringComparison.Ordinal) && !caller.Credential.StartsWith(CallerCheck.Token, StringComparison.Ordinal))
        {
            return TypedResults.Problem("A cookie is given for a password or a token of this server.", statusCode: StatusCodes.Status403Forbidden);
        }

        if (rates.Of(context).Handshake() is { } tooMany)
        {
            return Refusals.TooMany(context, tooMany);
        }

        var lifetime = options.Value.Tokens.CookieLifetime;
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var grant = new Grant { Tenant = caller.Tenant, User = caller.User, Stamp = await check.StampOfAsync(caller), Expires = time.GetUtcNow() + lifetime };
        await logins.BeginAsync(CookieHandler.GrantOf(secret), grant, lifetime);
        context.Response.Cookies.Append(options.Value.Tokens.CookieName, secret, Attributes(context, lifetime));
        audit.LoggedIn("cookie", caller, context.Connection.RemoteIpAddress);
        return Who(context);
    }

    private static IResult Who(HttpContext context) =>
        CallerIdentity.Of(context.User) is { Caller: var caller } ? TypedResults.Ok(new WhoAmI(caller.Tenant, caller.User, caller.Roles)) : Unauthorized(context);

    private static async Task<IResult> EndAsync(HttpContext context, IIdentityStorage storage, IOptions<IdentityOptions> options)
    {
        if (context.Request.Cookies[options.Value.Tokens.CookieName] is { } secret && await storage.RemoveAsync(IdentityTables.Grants, CookieHandler.GrantOf(secret)))
        {
            await storage.AnnounceAsync();
        }

        context.Response.Cookies.Delete(options.Value.Tokens.CookieName, Attributes(context, null));
        return TypedResults.NoContent();
    }

    private static CookieOptions Attributes(HttpContext context, TimeSpan? lifetime) =>
        new() { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = lifetime };

    private static ProblemHttpResult Unauthorized(HttpContext context)
    {
        CredentialGuard.Ask(context);
        return TypedResults.Problem("Log in first.", statusCode: StatusCodes.Status401Unauthorized);
    }
}

/// <summary>Who the caller is.</summary>
internal sealed record WhoAmI(string Tenant, string User, IReadOnlyList<string> Roles);
