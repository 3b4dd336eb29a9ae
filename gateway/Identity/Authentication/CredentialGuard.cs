using Microsoft.AspNetCore.Authentication;
using Microsoft.Net.Http.Headers;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Identity.Authentication;

/// <summary>Refuses requests whose credentials are wrong, instead of serving them as if there were none: HTTP 401 (RFC 9110, section 15.5.2).</summary>
internal sealed class CredentialGuard(RequestDelegate next)
{
    /// <summary>What a 401 asks for.</summary>
    public const string Challenge = "Basic realm=\"tidings\", charset=\"UTF-8\", " + BearerChallenge;

    private const string BearerChallenge = "Bearer realm=\"tidings\"";

    /// <summary>
    /// Says in an answer which credentials are asked for. A page's script is not asked for a password: its browser would ask the person, above the page,
    /// which has a form of its own (W3C "Fetch Metadata Request Headers").
    /// </summary>
    public static void Ask(HttpContext context) => context.Response.Headers[HeaderNames.WWWAuthenticate] =
        context.Request.Headers["Sec-Fetch-Dest"] == "empty" ? BearerChallenge : Challenge;

    public async Task InvokeAsync(HttpContext context)
    {
        if (ServerEndpoint.IsForeign(context))
        {
            await next(context);
            return;
        }

        // By its name: the default scheme is that of an application around the server, if there is one.
        var result = await context.AuthenticateAsync(Schemes.Default);
        context.User = result.Principal ?? context.User;
        await (result.Failure is { } failure && context.GetEndpoint()?.Metadata.GetMetadata<OwnCredentials>() is null
            ? RefuseAsync(context, failure)
            : next(context));
    }

    private static Task RefuseAsync(HttpContext context, Exception failure)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ICredentialRefusal>() is { } own)
        {
            return own.WriteAsync(context, failure);
        }

        if (failure is TooManyLoginsException tooMany)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(tooMany.RetryAfter.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return TypedResults.Problem("Too many failed log-ins.", statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
        }

        Ask(context);
        return TypedResults.Problem("The credentials are not good.", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }
}

/// <summary>Metadata of an endpoint whose protocol has errors of its own for credentials that are wrong.</summary>
internal interface ICredentialRefusal
{
    /// <summary>Answers a request whose credentials are wrong.</summary>
    /// <param name="context">The request.</param>
    /// <param name="failure">Why; a <see cref="TooManyLoginsException"/> where they were not looked at.</param>
    Task WriteAsync(HttpContext context, Exception failure);
}

/// <summary>Marks endpoints whose protocol has log-ins of its own: what their requests carry is not for these schemes.</summary>
internal sealed class OwnCredentials
{
    public static OwnCredentials Instance { get; } = new();
}
