using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Devices;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>Carries out what bodies posted to <c>/s</c> ask for: each row by itself, a faulty one costs the others nothing.</summary>
internal sealed partial class SmartRestProcessor(
    TemplateSets sets,
    AuthorizationService authorization,
    InnerRequests requests,
    DeviceBootstrap devices,
    IOptions<SmartRestOptions> options,
    TimeProvider time,
    GatewayMetrics metrics,
    ILogger<SmartRestProcessor> logger)
{
    /// <summary>Who may manage this channel may create and delete templates.</summary>
    private const string Templates = "/smartrest/templates";

    public Task<byte[]> ProcessAsync(HttpContext context, SmartBody body) => body switch
    {
        TemplateCheck check => CheckAsync(context.Tenant(), check),
        TemplateRegistration registration => RegisterAsync(context, registration),
        RequestBatch batch => RunAsync(context, batch),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Deletes the set of an X-Id.</summary>
    /// <returns>The HTTP status that says what came of it.</returns>
    public async Task<int> DeleteAsync(HttpContext context, string? xid) =>
        xid is not { Length: > 0 } ? StatusCodes.Status400BadRequest
        : !await MayManageAsync(context) ? StatusCodes.Status403Forbidden
        : await sets.DeleteAsync(context.Tenant(), xid) ? StatusCodes.Status204NoContent
        : StatusCodes.Status404NotFound;

    private async ValueTask<bool> MayManageAsync(HttpContext context) => (await authorization.DecideAsync(
        new AuthorizationRequest
        {
            Action = AuthorizationAction.Manage,
            Tenant = context.Tenant(),
            User = context.User,
            Address = context.Connection.RemoteIpAddress,
            Channel = Templates,
        },
        context.RequestAborted)).IsAllowed;

    private async Task<byte[]> CheckAsync(string tenant, TemplateCheck check)
    {
        var output = new ArrayBufferWriter<byte>(64);
        foreach (var xid in check.XIds)
        {
            if (await sets.FindAsync(tenant, xid) is { } found)
            {
                WriteNumber(output, found.Number);
            }
            else
            {
                SmartErrors.NoTemplate.Write(output);
            }
        }

        foreach (var error in check.Errors)
        {
            error.Write(output);
        }

        return output.WrittenSpan.ToArray();
    }

    private async Task<byte[]> RegisterAsync(HttpContext context, TemplateRegistration registration)
    {
        var output = new ArrayBufferWriter<byte>(64);
        var isAllowed = await MayManageAsync(context);
        foreach (var definition in registration.Sets)
        {
            if (definition.XId is not { } xid)
            {
                SmartErrors.XIdMissing.Write(output);
            }
            else if (!isAllowed)
            {
                SmartErrors.NotAllowed.Write(output);
            }
            else if (definition.Set is { } set)
            {
                await CreateAsync(context.Tenant(), xid, set, output);
            }
            else
            {
                definition.Errors.ToList().ForEach(error => error.Write(output));
            }
        }

        return output.WrittenSpan.ToArray();
    }

    private async Task CreateAsync(string tenant, string xid, TemplateSet set, ArrayBufferWriter<byte> output)
    {
        var created = await sets.CreateAsync(tenant, xid, set);
        if (created.Record is { } record)
        {
            WriteNumber(output, record.Number);
        }
        else
        {
            (created.Status == TemplateCreationStatus.TooMany ? SmartErrors.TooManySets : SmartErrors.AlreadyExists).Write(output);
        }
    }

    private async Task<byte[]> RunAsync(HttpContext context, RequestBatch batch)
    {
        var answer = new SmartAnswer(batch.NamesSeveral);
        foreach (var row in batch.Rows)
        {
            try
            {
                await RunAsync(context, row, answer);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.RowFailed(logger, exception);
                answer.Add(row.XId, SmartErrors.Status(row.Line, StatusCodes.Status503ServiceUnavailable));
            }
        }

        return answer.ToArray();
    }

    private async Task RunAsync(HttpContext context, RequestRow row, SmartAnswer answer)
    {
        if (answer.Bytes > options.Value.ResponseBytes)
        {
            answer.Add(row.XId, SmartErrors.Status(row.Line, StatusCodes.Status413PayloadTooLarge));
        }
        else if (row is RefusedRow refused)
        {
            answer.Add(row.XId, refused.Error);
        }
        else if (row is TemplateCall call)
        {
            await CallAsync(context, call, answer);
        }
        else if (row is BootstrapCall bootstrap)
        {
            await BootstrapAsync(context, bootstrap, answer);
        }
    }

    /// <summary>Row 70 with the credentials of an accepted device; for any other, as if there were none of that name.</summary>
    private async Task BootstrapAsync(HttpContext context, BootstrapCall call, SmartAnswer answer)
    {
        if (await devices.FetchAsync(context, call.DeviceId) is { } found)
        {
            answer.Add(call.XId, "70", call.Line.ToString(CultureInfo.InvariantCulture), call.DeviceId, found.Tenant, found.User, found.Password);
        }
        else
        {
            answer.Add(call.XId, SmartErrors.Status(call.Line, StatusCodes.Status404NotFound));
        }
    }

    private async Task CallAsync(HttpContext context, TemplateCall call, SmartAnswer answer)
    {
        if (await sets.FindAsync(context.Tenant(), call.XId) is not { } found)
        {
            answer.Add(call.XId, SmartErrors.NoTemplate);
            return;
        }

        if (found.Set.FindRequest(call.Id) is not { } template)
        {
            answer.Add(call.XId, SmartErrors.InvalidIdentifier(call.Line));
            return;
        }

        if (template.Expand(call.Line, [.. call.Arguments], time.GetUtcNow(), out var error) is not { } request)
        {
            answer.Add(call.XId, error);
            return;
        }

        var (status, body) = await requests.SendAsync(context, request);
        if (status >= StatusCodes.Status400BadRequest)
        {
            answer.Add(call.XId, SmartErrors.Status(call.Line, status));
        }
        else if (answer.Add(call.XId, found.Set, body.Span, call.Line).Status == EvaluationStatus.Truncated)
        {
            metrics.RowsTruncated.Add(1);
        }
    }

    private static void WriteNumber(IBufferWriter<byte> output, long number) =>
        SmartRowWriter.WriteRow(output, "20", number.ToString(CultureInfo.InvariantCulture));

    private static partial class Log
    {
        [LoggerMessage(2702, LogLevel.Error, "A row could not be carried out")]
        public static partial void RowFailed(ILogger logger, Exception exception);
    }
}
