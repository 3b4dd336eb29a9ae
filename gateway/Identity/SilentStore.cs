using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Identity;

/// <summary>
/// Answers requests whose caller cannot be looked up, or whose account not changed, since the store of users does not answer: a passing state (RFC 9110,
/// section 15.6.4), and no error of this server, of which anybody could make as many as there are requests.
/// </summary>
internal sealed partial class SilentStore(RequestDelegate next, GatewayMetrics metrics, ILogger<SilentStore> logger)
{
    private const string RetryAfterSeconds = "2";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (exception is TimeoutException or Orleans.Runtime.OrleansException && !context.Response.HasStarted && !ServerEndpoint.IsForeign(context))
        {
            Log.Unavailable(logger, exception.Message);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await Refusals.WriteAsync(context, metrics, StatusCodes.Status503ServiceUnavailable, "The cluster does not answer; try again.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2454, LogLevel.Debug, "A request could not be served: {Reason}")]
        public static partial void Unavailable(ILogger logger, string reason);
    }
}
