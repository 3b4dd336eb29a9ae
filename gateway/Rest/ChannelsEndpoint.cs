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
    /// <summary>The media type of streams.</summary>
    public const string EventStream = "text/event-stream";

    public static void MapChannels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/channels").WithTags("Channels").AddEndpointFilter(RestProblems.OfSilentClusterAsync);
        group.MapPost("/{**path}", PublishAsync)
            .WithName("Publish")
            .WithSummary("Publishes a message, or with application/x-ndjson one message a line, in order")
            .WithDescription("Answers when the channel's log has the messages. With an Idempotency-Key header, a request that is repeated stores them once.")
            .Accepts<string>(MediaTypes.Json, PublishBody.NdJson, "text/plain", "*/*")
            .Produces<Published>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .AddOpenApiOperationTransformer(ChannelsDescription.OfPublishAsync);
        group.MapGet("/{**path}", ReadAsync)
            .AddEndpointFilter(RestProblems.OfUnboundParameterAsync)
            .WithName("Read")
            .WithSummary("Reads the retained log after an offset; with Accept: text/event-stream, a live stream")
            .Produces<LogPage>(StatusCodes.Status200OK, MediaTypes.Json, EventStream)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .AddOpenApiOperationTransformer(ChannelsDescription.OfReadAsync);
    }

    private static async Task<IResult> PublishAsync(
        string? path, HttpContext context, SessionDoor door, AuthorizationService authorization, RateBook rates, IOptions<TidingsLimits> limits)
    {
        if (await RefuseAsync(path, AuthorizationAction.Publish, context, authorization, limits.Value) is { } refusal)
        {
            return refusal;
        }

        if (BodyReader.IsCoded(context.Request))
        {
            return RestProblems.Of(StatusCodes.Status415UnsupportedMediaType, "Bodies are taken without a content coding.");
        }

        var body = await BodyReader.ReadAsync(context.Request, limits.Value.MessageBytes, context.RequestAborted);
        if (body is null)
        {
            return RestProblems.Of(StatusCodes.Status413PayloadTooLarge, $"A request carries at most {limits.Value.MessageBytes} bytes.");
        }

        var published = PublishBody.Read(context.Request.ContentType, body.Value, limits.Value);
        if (published.Problem is { } problem)
        {
            return problem;
        }

        if ((rates.Of(context).Bytes(body.Value.Length) ?? rates.Of(context).Publish(published.Items.Count)) is { } tooMany)
        {
            return RestProblems.TooMany(context, tooMany);
        }

        var channel = new ChannelId(context.Tenant(), Normalize(path, limits.Value)!);
        if (ProcessingMode.Of(context.Request) is not { } mode)
        {
            return RestProblems.Of(StatusCodes.Status400BadRequest, $"{ProcessingMode.Header} is one of {string.Join(", ", ProcessingMode.All)}.");
        }

        if (!mode.Notifies)
        {
            return TypedResults.Json(new Published(channel.Name, 0, 0, 0), RestJson.Default.Published);
        }

        if (!PublishName.TryGive(context, published.Items))
        {
            return RestProblems.Of(StatusCodes.Status400BadRequest, $"An Idempotency-Key has 1 to {PublishName.MostBytes} characters.");
        }

        var results = await Task.WhenAll(Publish(channel, published.Items, door));
        var failed = Array.FindIndex(results, static result => result.Status != PublishStatus.Stored);
        return failed >= 0
            ? NotStored(context, results[failed].Status, published.LineOf(failed))
            : TypedResults.Json(new Published(channel.Name, results[0].FirstOffset, results[^1].FirstOffset, results.Length), RestJson.Default.Published);
    }

    /// <summary>Begins to publish messages, up to the first that is refused at once: one after it would overtake it when it comes again.</summary>
    private static List<Task<PublishResult>> Publish(ChannelId channel, List<PublishItem> items, SessionDoor door)
    {
        var publishes = new List<Task<PublishResult>>(items.Count);
        foreach (var item in items)
        {
            publishes.Add(door.PublishAsync(channel, item));
            if (publishes[^1] is { IsCompletedSuccessfully: true, Result.Status: not PublishStatus.Stored })
            {
                break;
            }
        }

        return publishes;
    }

    private static ProblemHttpResult NotStored(HttpContext context, PublishStatus status, int? line)
    {
        if (status == PublishStatus.TooManyChannels)
        {
            return RestProblems.TooManyChannels;
        }

        var reason = status == PublishStatus.Busy ? "The channel is busy." : "The channel's log cannot be written.";
        return RestProblems.Unavailable(
            context, line is null ? reason : $"{reason} Line {line} is the first that was not published.", line);
    }

    private static async Task<IResult> ReadAsync(
        string? path,
        HttpContext context,
        IClusterClient cluster,
        ChannelStreams streams,
        AuthorizationService authorization,
        RateBook rates,
        IOptions<TidingsLimits> limits,
        long? after = null,
        int limit = 100)
    {
        if (await RefuseAsync(path, AuthorizationAction.Subscribe, context, authorization, limits.Value) is { } refusal)
        {
            return refusal;
        }

        if (after < 0)
        {
            return RestProblems.Parameter("after", "after is an offset, 0 or more.");
        }

        if (limit < 1 || limit > limits.Value.ReadMessages)
        {
            return RestProblems.Parameter("limit", $"limit is a number of messages, from 1 to {limits.Value.ReadMessages}.");
        }

        var channel = new ChannelId(context.Tenant(), Normalize(path, limits.Value)!);
        if (context.Request.GetTypedHeaders().Accept.Any(static type => type.MediaType == EventStream && type.Quality is not 0))
        {
            return await StreamAsync(context, channel, streams, rates.Of(context), after);
        }

        var read = await cluster.GetGrain<IChannelGrain>(channel.ToKey()).Read(after ?? 0, limit);
        return TypedResults.Json(LogPage.Of(channel, read), RestJson.Default.LogPage);
    }

    private static async Task<IResult> StreamAsync(HttpContext context, ChannelId channel, ChannelStreams streams, CallerRates rates, long? after)
    {
        var place = after is { } offset ? new StreamPlace(offset, 0) : (StreamPlace?)null;
        if (context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last && !StreamPlace.TryParse(last, out place))
        {
            return RestProblems.Of(StatusCodes.Status400BadRequest, "Last-Event-ID is the id of an event of this stream.");
        }

        if (rates.Handshake() is { } tooMany)
        {
            return RestProblems.TooMany(context, tooMany);
        }

        var (status, bell) = rates.TryEnterSession(out var share) ? await streams.ListenAsync(channel, context, share) : (SubscribeStatus.TooMany, null);
        if (bell is null)
        {
            return status == SubscribeStatus.TooManyChannels
                ? RestProblems.TooManyChannels
                : RestProblems.Of(StatusCodes.Status429TooManyRequests, "There are too many sessions.");
        }

        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(streams.ReadAsync(channel, bell, place, context.Response, context.RequestAborted));
    }

    private static async ValueTask<IResult?> RefuseAsync(
        string? path, AuthorizationAction action, HttpContext context, AuthorizationService authorization, TidingsLimits limits)
    {
        if (Normalize(path, limits) is not { } name || ChannelName.IsPattern(name))
        {
            return RestProblems.Of(StatusCodes.Status400BadRequest, "The path after /channels is not a channel name.");
        }

        var reserved = ChannelName.KindOf(name) != ChannelKind.Broadcast
            || (action == AuthorizationAction.Publish && ServerChannels.Contains(name));
        var request = new AuthorizationRequest
        {
            Action = action,
            Tenant = context.Tenant(),
            User = context.User,
            Address = context.Connection.RemoteIpAddress,
            Channel = name,
        };
        var decision = reserved ? authorization.Deny(request) : await authorization.DecideAsync(request, context.RequestAborted);
        if (!decision.IsAllowed && !reserved && context.User.Identity is not { IsAuthenticated: true })
        {
            CredentialGuard.Ask(context);
            return RestProblems.Of(StatusCodes.Status401Unauthorized, "Not allowed without credentials.");
        }

        return decision.IsAllowed
            ? null
            : RestProblems.Of(StatusCodes.Status403Forbidden, reserved ? action == AuthorizationAction.Publish ? "Nobody publishes here but the server." : "Nobody reads here." : decision.Reason ?? "Not allowed.");
    }

    private static string? Normalize(string? path, TidingsLimits limits) => ChannelName.TryNormalize("/" + path, limits, out var name) ? name : null;
}
