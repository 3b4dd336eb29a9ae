using Tidings.Gateway.Hosting;
using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <summary>A request below <c>/{version}</c>.</summary>
/// <param name="Context">The request.</param>
/// <param name="Version">The version in its path.</param>
internal sealed record SmcCall(HttpContext Context, SmcVersion Version)
{
    /// <summary>The type of elements in the path.</summary>
    public string Type => (string?)Context.Request.RouteValues["type"] ?? "";

    /// <summary>The element's id in the path.</summary>
    public string Id => (string?)Context.Request.RouteValues["id"] ?? "";

    /// <summary>Serves a request, if its version is one that is served. A cluster that does not answer is a passing state.</summary>
    public static async Task ServeAsync<TEndpoint>(HttpContext context, Func<TEndpoint, SmcCall, Task<SmcAnswer>> serve)
        where TEndpoint : notnull
    {
        var catalog = context.RequestServices.GetRequiredService<SmcCatalog>();
        var answer = SmcAnswer.Error(StatusCodes.Status404NotFound, "Unknown version");
        if (SmcVersion.TryParse((string?)context.Request.RouteValues["version"], out var version) && catalog.Serves(version))
        {
            try
            {
                answer = await serve(context.RequestServices.GetRequiredService<TEndpoint>(), new SmcCall(context, version));
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                answer = SmcAnswer.Unavailable;
            }
        }

        await answer.WriteAsync(context);
    }
}

/// <summary>An answer, with the media type as clients want it.</summary>
/// <param name="Status">The HTTP status; 0 where the response is written already.</param>
/// <param name="Body">JSON; empty for none.</param>
internal sealed record SmcAnswer(int Status, byte[] Body)
{
    public static SmcAnswer NotLoggedIn { get; } = Error(StatusCodes.Status401Unauthorized, "Not logged in", "No valid session. Log in and send its cookie or token.");

    public static SmcAnswer NotFound { get; } = Error(StatusCodes.Status404NotFound, "Not found");

    public static SmcAnswer Unavailable { get; } = Error(StatusCodes.Status503ServiceUnavailable, "The server cannot do this now; try again.");

    /// <summary>The response is written already.</summary>
    public static SmcAnswer Served { get; } = new(0, []);

    public static SmcAnswer Ok(byte[] body) => new(StatusCodes.Status200OK, body);

    public static SmcAnswer Error(int status, string message, params ReadOnlySpan<string> details) => new(status, SmcDocuments.Error(status, message, details));

    /// <summary>A caller who was too fast, and how long it waits.</summary>
    public static SmcAnswer TooMany(HttpContext context, RateRefusal refusal)
    {
        Refusals.RetryAfter(context, refusal);
        return Error(StatusCodes.Status429TooManyRequests, refusal.ToString());
    }

    public async Task WriteAsync(HttpContext context)
    {
        if (Status == 0)
        {
            return;
        }

        context.Response.StatusCode = Status;
        if (Body.Length > 0)
        {
            context.Response.ContentType = SmcDocuments.MediaType;
            context.Response.ContentLength = Body.Length;
            await context.Response.Body.WriteAsync(Body, context.RequestAborted);
        }
    }
}
