using Microsoft.AspNetCore.Http.Metadata;

namespace Tidings.Gateway.Hosting;

/// <summary>
/// Reads forms of the server's endpoints whole before they are bound: a form that is cut while the framework reads it leaves the connection's reader in a
/// state that the web server logs as an error of its own.
/// </summary>
internal sealed class WholeForms(RequestDelegate next, GatewayMetrics metrics)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (MostBytesOf(context) is { } most && !await TryReadAsync(context.Request, most))
        {
            await Refusals.WriteAsync(context, metrics, StatusCodes.Status413PayloadTooLarge, $"A form has at most {most} bytes.");
            return;
        }

        await next(context);
    }

    /// <summary>Puts the body, once it is whole, where the framework reads it. False when it is larger than allowed.</summary>
    public static async ValueTask<bool> TryReadAsync(HttpRequest request, int most)
    {
        if (await BodyReader.ReadAsync(request, most, request.HttpContext.RequestAborted) is not { } body)
        {
            return false;
        }

        request.Body = new MemoryStream(body.ToArray(), writable: false);
        return true;
    }

    private static int? MostBytesOf(HttpContext context) =>
        context.Request.HasFormContentType && !ServerEndpoint.IsForeign(context)
            ? (int?)context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize
            : null;
}
