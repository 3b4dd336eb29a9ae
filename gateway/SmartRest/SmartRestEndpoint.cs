using System.Buffers;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>Registers SmartREST and serves <c>POST /s</c>, whatever the Content-Type and Accept headers say or leave out.</summary>
internal static class SmartRestEndpoint
{
    internal const string XId = "X-Id";
    internal const string PlainText = "text/plain; charset=utf-8";

    public static void AddSmartRest(this IServiceCollection services)
    {
        services.AddOptions<SmartRestOptions>().BindConfiguration(SmartRestOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TemplateSets>();
        services.AddSingleton<InnerRequests>();
        services.AddSingleton<SmartRestProcessor>();
        services.AddSingleton<RealtimeRows>();
        services.AddSingleton<RealtimeMatches>();
        services.AddSingleton<RealtimeProcessor>();
        services.AddSingleton<RealtimePolls>();
        services.AddSingleton<RealtimeEndpoint>();
    }

    public static void MapSmartRest(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/s", PostAsync).ExcludeFromDescription();
        routes.MapDelete("/s", DeleteAsync).ExcludeFromDescription();
        foreach (var (path, kind) in RealtimeEndpoints.All)
        {
            routes.MapPost(path + "/{**type}", (HttpContext context, RealtimeEndpoint endpoint) => endpoint.PostAsync(context, path, kind))
                .WithMetadata(new HeaderCondition(XId, IsPresent: true)).ExcludeFromDescription();
        }
    }

    private static async Task PostAsync(
        HttpContext context, SmartRestProcessor processor, IOptions<SmartRestOptions> options, IOptions<TidingsLimits> limits, RateBook rates, GatewayMetrics metrics)
    {
        var body = await BodyReader.ReadAsync(context.Request, limits.Value.MessageBytes, context.RequestAborted);
        if (body is null)
        {
            await RefuseLargeAsync(context, metrics);
            return;
        }

        if (rates.Of(context).Bytes(body.Value.Length) is { } tooMany)
        {
            await Refusals.TooManyAsync(context, metrics, tooMany);
            return;
        }

        var xid = XIdOf(context.Request);
        try
        {
            var rows = await processor.ProcessAsync(context, SmartBodyReader.Read(body.Value.Span, xid, options.Value.LimitsOf(limits.Value)));
            await RealtimePolls.WriteAsync(context, rows);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            // A cluster that does not answer is a passing state, not an error of ours.
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    /// <summary>A row, as of every error: a client that is told by the HTTP status takes it for a failure that passes, and sends the same again.</summary>
    public static Task RefuseLargeAsync(HttpContext context, GatewayMetrics metrics)
    {
        metrics.Refused.Add(1, new KeyValuePair<string, object?>("limit", "message_bytes"));
        var row = new ArrayBufferWriter<byte>();
        SmartErrors.TooLarge.Write(row);
        return RealtimePolls.WriteAsync(context, row.WrittenMemory);
    }

    /// <summary>Deletes the templates of an X-Id: sets are never changed, so this comes before registering them anew.</summary>
    private static async Task<IResult> DeleteAsync(HttpContext context, SmartRestProcessor processor)
    {
        try
        {
            return TypedResults.StatusCode(await processor.DeleteAsync(context, XIdOf(context.Request)));
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static string? XIdOf(HttpRequest request) => request.Headers[XId] is { Count: > 0 } header ? header.ToString().Trim() : null;
}
