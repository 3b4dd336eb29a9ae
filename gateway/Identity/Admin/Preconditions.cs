using Microsoft.Net.Http.Headers;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Identity.Admin;

/// <summary>
/// Conditional requests (RFC 9110, section 13) of the administration: answers say the state in <c>ETag</c>, and a change with <c>If-Match</c> is made
/// to that state alone, so that an administrator undoes nothing unseen.
/// </summary>
internal static class Preconditions
{
    /// <summary>The state that a request is meant for; null for any.</summary>
    public static string? Version(this HttpRequest request)
    {
        var match = request.Headers.IfMatch.ToString();
        return match is "" or "*" ? request.Headers.IfNoneMatch == "*" ? AccountVersion.None : null : match.Trim('"');
    }

    /// <summary>An answer with the state that it shows.</summary>
    public static IResult Show<T>(HttpContext context, string version, T view)
    {
        context.Response.Headers[HeaderNames.ETag] = $"\"{version}\"";
        return TypedResults.Ok(view);
    }

    /// <summary>Why a change was not made; what the change itself refused is told by <paramref name="refusal"/>.</summary>
    public static IResult Explain(AccountChangeStatus status, IResult? refusal) => status switch
    {
        AccountChangeStatus.Mismatch => AdminFilter.Problem(StatusCodes.Status412PreconditionFailed, "It was changed meanwhile: look at it again."),
        AccountChangeStatus.Busy => AdminFilter.Problem(StatusCodes.Status409Conflict, "Others are changing it: try again."),
        _ => refusal ?? TenantAdmin.Unknown(),
    };
}
