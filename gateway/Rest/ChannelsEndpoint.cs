using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Identity.Authentication;
using Tidings.Gateway.Sessions;

namespace Tidings.Gateway.Rest;

/// <summary>Publishing and reading for services: <c>/channels/{**path}</c>.</summary>
internal static class ChannelsEndpoint
{
    private const string NdJson = "application/x-ndjson";
    private const string EventStream = "text/event-stream";

    public static void MapChannels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/channels").WithTags("Channels").AddEndpointFilter(WithoutClusterAsync);
        group.MapPost("/{**path}", PublishAsync)
            .WithName("Publish")
            .WithSummary("Publishes a message, or with application/x-ndjson one message a line, in order")
            .WithDescription("Answers when the channel's log has the messages.")
            .Accepts<string>(MediaTypes.Json, NdJson, "text/plain", "*/*")
            .Produces<Published>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.MapGet("/{**path}", ReadAsync)
            .WithName("Read")
            .WithSummary("Reads the retained log after an offset; with Accept: text/event-stream, a live stream")
            .Produces<LogPage>(StatusCodes.Status200OK, MediaTypes.Json, EventStream)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>A cluster that does not answer is a passing state, not an error of ours.</summary>
    private static async ValueTask<object?> WithoutClusterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return Problem(StatusCodes.Status503ServiceUnavailable, "The cluster does not answer; try again.");
        }
    }

    private static async Task<IResult> PublishAsync(
        string? path, HttpContext context, SessionDoor door, IAuthorizationPolicy policy, RateBook rates, IOptions<TidingsLimits> limits)
    {
        if (await RefuseAsync(path, AuthorizationAction.Publish, context, policy, limits.Value) is { } refusal)
        {
            return refusal;
        }

        var body = await BodyReader.ReadAsync(context.Request, limits.Value.MessageBytes, context.RequestAborted);
        if (body is null)
        {
            return Problem(StatusCodes.Status413PayloadTooLarge, $"A request carries at most {limits.Value.MessageBytes} bytes.");
        }

        var items = Items(context.Request.ContentType, body.Value, limits.Value, out var fault);
        if (items is null)
        {
            return Problem(StatusCodes.Status400BadRequest, fault!);
        }

        if ((rates.Of(context).Bytes(body.Value.Length) ?? rates.Of(context).Publish(items.Count)) is { } tooMany)
        {
            return TooMany(context, tooMany);
        }

        var channel = new ChannelId(context.Tenant(), Normalize(path, limits.Value)!);
        var results = await Task.WhenAll(items.Select(item => door.PublishAsync(channel, item)));
        return Array.Find(results, static result => result.Status != PublishStatus.Stored) is { Status: not PublishStatus.Stored } failed
            ? Problem(StatusCodes.Status503ServiceUnavailable, failed.Status == PublishStatus.Busy ? "The channel is busy." : "The channel's log cannot be written.")
            : TypedResults.Json(new Published(channel.Name, results[0].FirstOffset, results[^1].FirstOffset, results.Length), RestJson.Default.Published);
    }

    private static async Task<IResult> ReadAsync(
        string? path,
        HttpContext context,
        IClusterClient cluster,
        ChannelStreams streams,
        IAuthorizationPolicy policy,
        RateBook rates,
        IOptions<TidingsLimits> limits,
        long? after = null,
        int limit = 100)
    {
        if (await RefuseAsync(path, AuthorizationAction.Subscribe, context, policy, limits.Value) is { } refusal)
        {
            return refusal;
        }

        if (after < 0 || limit < 1 || limit > limits.Value.ReadMessages)
        {
            return Problem(StatusCodes.Status400BadRequest, $"after is 0 or more, limit from 1 to {limits.Value.ReadMessages}.");
        }

        var channel = new ChannelId(context.Tenant(), Normalize(path, limits.Value)!);
        if (context.Request.GetTypedHeaders().Accept.Any(static type => type.MediaType == EventStream))
        {
            return await StreamAsync(context, channel, streams, rates.Of(context), after);
        }

        var read = await cluster.GetGrain<IChannelGrain>(channel.ToKey()).Read(after ?? 0, limit);
        return TypedResults.Json(
            new LogPage(channel.Name, read.Head.Epoch, read.Head.Offset, read.First, [.. read.Messages.Select(LogEntry.Of)]), RestJson.Default.LogPage);
    }

    private static async Task<IResult> StreamAsync(HttpContext context, ChannelId channel, ChannelStreams streams, CallerRates rates, long? after)
    {
        var last = context.Request.Headers["Last-Event-ID"].ToString();
        if (last.Length > 0)
        {
            if (!long.TryParse(last, out var offset) || offset < 0)
            {
                return Problem(StatusCodes.Status400BadRequest, "Last-Event-ID is the id of an event of this stream.");
            }

            after = offset;
        }

        if (rates.Handshake() is { } tooMany)
        {
            return TooMany(context, tooMany);
        }

        if (!rates.TryEnterSession(out var place) || await streams.ListenAsync(channel, context, place) is not { } bell)
        {
            return Problem(StatusCodes.Status429TooManyRequests, "There are too many sessions.");
        }

        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(streams.ReadAsync(channel, bell, after, context.RequestAborted));
    }

    private static async ValueTask<IResult?> RefuseAsync(
        string? path, AuthorizationAction action, HttpContext context, IAuthorizationPolicy policy, TidingsLimits limits)
    {
        if (Normalize(path, limits) is not { } name || ChannelName.IsPattern(name))
        {
            return Problem(StatusCodes.Status400BadRequest, "The path after /channels is not a channel name.");
        }

        var reserved = ChannelName.KindOf(name) != ChannelKind.Broadcast
            || (action == AuthorizationAction.Publish && ServerChannels.Contains(name));
        var decision = reserved ? AuthorizationDecision.Denied : await policy.DecideAsync(
            new AuthorizationRequest { Action = action, Tenant = context.Tenant(), User = context.User, Channel = name }, context.RequestAborted);
        if (!decision.IsAllowed && !reserved && context.User.Identity is not { IsAuthenticated: true })
        {
            context.Response.Headers.WWWAuthenticate = CredentialGuard.Challenge;
            return Problem(StatusCodes.Status401Unauthorized, "Not allowed without credentials.");
        }

        return decision.IsAllowed
            ? null
            : Problem(StatusCodes.Status403Forbidden, reserved ? action == AuthorizationAction.Publish ? "Nobody publishes here but the server." : "Nobody reads here." : decision.Reason ?? "Not allowed.");
    }

    private static string? Normalize(string? path, TidingsLimits limits) => ChannelName.TryNormalize("/" + path, limits, out var name) ? name : null;

    private static List<PublishItem>? Items(string? contentType, ReadOnlyMemory<byte> body, TidingsLimits limits, out string? fault)
    {
        fault = null;
        var mediaType = contentType ?? MediaTypes.Json;
        if (MediaTypes.Essence(mediaType) is NdJson)
        {
            return Lines(body, limits, out fault);
        }

        if (MediaTypes.IsJson(mediaType) && !IsJson(body.Span, limits))
        {
            fault = "The body is not valid JSON.";
            return null;
        }

        return [new PublishItem { Body = body.ToArray(), MediaType = MediaTypes.Essence(mediaType) is MediaTypes.Json ? null : mediaType }];
    }

    private static List<PublishItem>? Lines(ReadOnlyMemory<byte> body, TidingsLimits limits, out string? fault)
    {
        fault = null;
        var items = new List<PublishItem>();
        var number = 0;
        foreach (var range in body.Span.Split((byte)'\n'))
        {
            number++;
            var line = body.Span[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (!IsJson(line, limits))
            {
                fault = $"Line {number} is not valid JSON; nothing was published.";
                return null;
            }

            items.Add(new PublishItem { Body = line.ToArray() });
        }

        if (items.Count == 0 || items.Count > limits.PendingPublishesPerChannel)
        {
            fault = $"A request publishes from 1 to {limits.PendingPublishesPerChannel} messages.";
            return null;
        }

        return items;
    }

    private static bool IsJson(ReadOnlySpan<byte> body, TidingsLimits limits)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = limits.JsonDepth });
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !System.Text.Unicode.Utf8.IsValid(reader.ValueSpan))
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ProblemHttpResult TooMany(HttpContext context, RateRefusal refusal)
    {
        Refusals.RetryAfter(context, refusal);
        return Problem(StatusCodes.Status429TooManyRequests, refusal.ToString());
    }

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}

/// <summary>The answer to a publish.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Offset">The first message's offset.</param>
/// <param name="LastOffset">The last message's offset.</param>
/// <param name="Count">How many messages were stored.</param>
internal sealed record Published(string Channel, long Offset, long LastOffset, int Count);

/// <summary>A page of a channel's log.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Epoch">The log's incarnation; offsets of another one mean nothing.</param>
/// <param name="Head">The last offset.</param>
/// <param name="First">The oldest retained offset.</param>
/// <param name="Messages">Consecutive messages.</param>
internal sealed record LogPage(string Channel, long Epoch, long Head, long First, LogEntry[] Messages);

/// <summary>A message of a log: JSON bodies as they are, text as a string, other bytes as Base64.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="Time">When the channel took it.</param>
/// <param name="MediaType">The body's media type.</param>
/// <param name="Data">The body.</param>
internal sealed record LogEntry(long Offset, DateTimeOffset Time, string MediaType, [property: JsonConverter(typeof(RawJsonConverter))] ReadOnlyMemory<byte> Data)
{
    public static LogEntry Of(Message message) => new(
        message.Offset, DateTimeOffset.FromUnixTimeMilliseconds(message.Time), message.Item.MediaType ?? MediaTypes.Json, JsonOf(message.Item));

    /// <summary>A body as JSON.</summary>
    public static ReadOnlyMemory<byte> JsonOf(PublishItem item) =>
        item.MediaType is null || MediaTypes.IsJson(item.MediaType) ? item.Body
        : MediaTypes.IsText(item.MediaType) ? JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(item.Body), RestJson.Default.String)
        : JsonSerializer.SerializeToUtf8Bytes(Convert.ToBase64String(item.Body), RestJson.Default.String);
}

/// <summary>
/// Writes JSON that was checked when it was published. It is not taken apart again: an escaped lone surrogate is valid JSON (RFC 8259,
/// section 8.2) that no string of this runtime can hold.
/// </summary>
internal sealed class RawJsonConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Pages of a log are written only.");

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Span, skipInputValidation: true);
}

/// <summary>JSON of the REST API, generated at compile time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = MaxDepth)]
[JsonSerializable(typeof(Published))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(string))]
internal sealed partial class RestJson : JsonSerializerContext
{
    /// <summary>Above the most that <see cref="TidingsLimits.JsonDepth"/> can be, so that every stored body can be read, a page around it included.</summary>
    public const int MaxDepth = 1024;
}
