using System.Buffers;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Writes the responses of the polling transports.</summary>
internal sealed class BayeuxResponses(IOptionsMonitor<BayeuxOptions> options, TimeProvider time, GatewayMetrics metrics)
{
    /// <summary>Writes an array of messages, as the argument of a JSONP callback if there is one. Cuts off a client that does not read.</summary>
    public async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json, string? callback)
    {
        var response = context.Response;
        if (callback is null)
        {
            response.ContentType = "application/json;charset=UTF-8";
        }
        else
        {
            var output = new ArrayBufferWriter<byte>(json.Length + 128);
            BayeuxWriter.WriteJsonp(output, callback, json.Span);
            json = output.WrittenMemory;
            response.ContentType = "text/javascript;charset=UTF-8";
            response.Headers.ContentDisposition = "attachment; filename=f.txt";
        }

        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = json.Length;
        using var patience = new CancellationTokenSource(options.CurrentValue.WritePatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        try
        {
            await response.Body.WriteAsync(json, either.Token);
            await response.CompleteAsync().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            context.Abort();
            throw;
        }
    }

    /// <summary>Refuses a request that holds no Bayeux messages to reply to.</summary>
    public Task RefuseAsync(HttpContext context, int status, string reason) => Refusals.WriteAsync(context, metrics, status, reason);
}
