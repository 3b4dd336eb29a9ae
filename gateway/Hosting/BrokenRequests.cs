using Microsoft.AspNetCore.Connections;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Answers requests whose body cannot be read: cut off, too slow, with broken framing (RFC 9112), or a form in a charset that nobody reads any more. That is their sender's doing, of which anybody can
/// make as much as it likes: it is refused and counted like other bad input, not logged as an error of this server.
/// </summary>
internal sealed class BrokenRequests(RequestDelegate next, GatewayMetrics metrics)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception) when (IsOurs(context))
        {
            context.Response.Headers.Connection = "close";
            await Refusals.WriteAsync(context, metrics, exception.StatusCode, exception.Message);
            if (context.Request.ContentLength is not null && exception.StatusCode == StatusCodes.Status400BadRequest)
            {
                // A body of a known length has no framing to be broken: it ended too soon, and there is no rest to be read.
                await context.Response.CompleteAsync();
                context.Abort();
            }
        }
        catch (NotSupportedException) when (context.Request.HasFormContentType && IsOurs(context))
        {
            await Refusals.WriteAsync(context, metrics, StatusCodes.Status415UnsupportedMediaType, "Forms are taken in UTF-8.");
        }
        catch (Exception exception) when (IsGone(exception, context) && IsOurs(context))
        {
            context.Abort();
        }
    }

    private static bool IsOurs(HttpContext context) => !context.Response.HasStarted && !ServerEndpoint.IsForeign(context);

    /// <summary>Whether it failed because the client's connection broke.</summary>
    private static bool IsGone(Exception exception, HttpContext context) => exception is ConnectionResetException
        || (exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested);
}
