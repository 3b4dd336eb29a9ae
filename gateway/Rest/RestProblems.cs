using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Rest;

/// <summary>What the REST API answers when it cannot do what was asked (RFC 9457, "Problem Details for HTTP APIs").</summary>
internal static class RestProblems
{
    /// <summary>A silo's death is over by then; a store that is away is asked again soon.</summary>
    private const string RetryAfterSeconds = "2";

    /// <summary>A problem, and where a body has lines, the <c>line</c> it is in.</summary>
    public static ProblemHttpResult Of(int status, string detail, int? line = null) => TypedResults.Problem(
        detail, statusCode: status, extensions: line is null ? [] : [KeyValuePair.Create<string, object?>("line", line)]);

    /// <summary>A channel that would be one more than its tenant may have.</summary>
    public static ProblemHttpResult TooManyChannels => Of(StatusCodes.Status429TooManyRequests, "There are too many channels.");

    /// <summary>A query parameter with a value it cannot have.</summary>
    public static ValidationProblem Parameter(string name, string rule) =>
        TypedResults.ValidationProblem([KeyValuePair.Create(name, new[] { rule })], detail: rule);

    /// <summary>A caller who was too fast, and how long it waits.</summary>
    public static ProblemHttpResult TooMany(HttpContext context, RateRefusal refusal)
    {
        Refusals.RetryAfter(context, refusal);
        return Of(StatusCodes.Status429TooManyRequests, refusal.ToString());
    }

    /// <summary>What passes by itself, and when it is worth another try (RFC 9110 section 10.2.3).</summary>
    public static ProblemHttpResult Unavailable(HttpContext context, string detail, int? line = null)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Of(StatusCodes.Status503ServiceUnavailable, detail, line);
    }

    /// <summary>Answers a parameter that is not of its type, which the framework refuses without a word.</summary>
    public static async ValueTask<object?> OfUnboundParameterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (context.HttpContext.Response.StatusCode != StatusCodes.Status400BadRequest)
        {
            return await next(context);
        }

        var query = context.HttpContext.Request.Query;
        return query.TryGetValue("after", out var after) && !long.TryParse(after, CultureInfo.InvariantCulture, out _)
            ? Parameter("after", "after is an offset, 0 or more.")
            : Parameter("limit", "limit is a number of messages, 1 or more.");
    }

    /// <summary>A cluster that does not answer is a passing state, not an error of ours.</summary>
    public static async ValueTask<object?> OfSilentClusterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return Unavailable(context.HttpContext, "The cluster does not answer; try again.");
        }
    }
}
