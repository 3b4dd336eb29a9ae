using System.Buffers;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>Serves SmartREST on the real-time endpoints: requests with an X-Id.</summary>
internal sealed partial class RealtimeEndpoint(
    RealtimeProcessor processor,
    RealtimePolls polls,
    IOptions<SmartRestOptions> options,
    IOptions<TidingsLimits> limits,
    RateBook rates,
    GatewayMetrics metrics,
    ILogger<RealtimeEndpoint> logger)
{
    public async Task PostAsync(HttpContext context, string path, RealtimeEndpointKind kind)
    {
        var xid = context.Request.Headers[SmartRestEndpoint.XId].ToString().Trim();
        var body = await BodyReader.ReadAsync(context.Request, limits.Value.MessageBytes, context.RequestAborted);
        if (body is null)
        {
            await SmartRestEndpoint.RefuseLargeAsync(context, metrics);
            return;
        }

        if (rates.Of(context).Bytes(body.Value.Length) is { } tooMany)
        {
            await Refusals.TooManyAsync(context, metrics, tooMany);
            return;
        }

        var call = new RealtimeCall
        {
            Tenant = context.Tenant(),
            User = context.User,
            Peer = context.Peer(),
            Address = context.Connection.RemoteIpAddress,
            Rates = rates.Of(context),
            XId = xid,
            Kind = kind,
            Format = options.Value.FormatOf(path, xid),
        };
        try
        {
            await AnswerAsync(context, call, RealtimeReader.Read(body.Value.Span, options.Value.LimitsOf(limits.Value)));
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException && !context.Response.HasStarted)
        {
            // A cluster that does not answer is a passing state; the session and what waits for it are as they were.
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    /// <summary>Carries out all rows in order, a poll last.</summary>
    private async Task AnswerAsync(HttpContext context, RealtimeCall call, IReadOnlyList<RealtimeCommand> commands)
    {
        var output = new ArrayBufferWriter<byte>(64);
        foreach (var command in commands)
        {
            try
            {
                await processor.ProcessAsync(call, command, output);
            }
            catch (Exception exception)
            {
                Log.RowFailed(logger, exception);
                SmartErrors.Status(command.Line, StatusCodes.Status503ServiceUnavailable).Write(output);
            }
        }

        if (commands is [.., RealtimeConnect connect])
        {
            await polls.HoldAsync(context, call, connect, output);
        }
        else
        {
            await RealtimePolls.WriteAsync(context, output.WrittenMemory);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2711, LogLevel.Error, "A real-time row could not be carried out")]
        public static partial void RowFailed(ILogger logger, Exception exception);
    }
}
