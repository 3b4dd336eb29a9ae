using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Tidings.Gateway.Hosting;

/// <summary>Refuses requests before they reach a front end: a line of text, counted.</summary>
internal static class Refusals
{
    public static Task WriteAsync(HttpContext context, GatewayMetrics metrics, int status, string reason)
    {
        metrics.Refused.Add(1, new KeyValuePair<string, object?>("status", status));
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason);
    }

    /// <summary>HTTP 429 (RFC 6585 section 4) with the time to wait, in whole seconds.</summary>
    public static Task TooManyAsync(HttpContext context, GatewayMetrics metrics, RateRefusal refusal)
    {
        RetryAfter(context, refusal);
        return WriteAsync(context, metrics, StatusCodes.Status429TooManyRequests, refusal.ToString());
    }

    /// <summary>The same for endpoints that answer with problem details (RFC 9457).</summary>
    public static ProblemHttpResult TooMany(HttpContext context, RateRefusal refusal)
    {
        RetryAfter(context, refusal);
        return TypedResults.Problem(refusal.ToString(), statusCode: StatusCodes.Status429TooManyRequests);
    }

    public static void RetryAfter(HttpContext context, RateRefusal refusal) =>
        context.Response.Headers[HeaderNames.RetryAfter] = refusal.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
}
