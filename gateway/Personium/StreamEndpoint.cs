using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Personium;

namespace Tidings.Gateway.Personium;

/// <summary>Sending to queues and topics, and reading queues.</summary>
internal sealed class StreamEndpoint(
    IClusterClient cluster, SessionDoor door, StreamDirectory streams, PersoniumAccess access, RateBook rates, IOptions<TidingsLimits> limits)
{
    public async Task<PersoniumAnswer> ServeAsync(PersoniumCall call, StreamPath stream)
    {
        if (call.Context.Request.Method == HttpMethods.Options && call.Context.Request.Headers.Authorization.Count == 0)
        {
            return PersoniumAnswer.Empty(StatusCodes.Status200OK) with { Allow = StreamRules.AllMethods };
        }

        if (await streams.LookAsync(call, stream) is not { } view || !ChannelName.TryNormalize(call.ChannelOf(stream.Path), limits.Value, out _))
        {
            return NotFound(call);
        }

        var privileges = await access.PrivilegesAsync(call, view, stream.Collection);
        return call.Context.Request.Method switch
        {
            "OPTIONS" => StreamDirectory.Declares(view, stream)
                ? PersoniumAnswer.Empty(StatusCodes.Status200OK) with { Allow = StreamRules.Allow(privileges) }
                : NotFound(call),
            "POST" or "PUT" => await AfterChecksAsync(call, stream, view, privileges, receives: false, () => SendAsync(call, stream)),
            "GET" => await AfterChecksAsync(call, stream, view, privileges, receives: true, () => ReceiveAsync(call, stream)),
            _ => PersoniumAnswer.Error(PersoniumError.MethodNotAllowed),
        };
    }

    /// <summary>First the privilege, then whether there is such a queue or topic: who may not send learns nothing of what there is.</summary>
    private async Task<PersoniumAnswer> AfterChecksAsync(
        PersoniumCall call, StreamPath stream, PersoniumView view, Privileges privileges, bool receives, Func<Task<PersoniumAnswer>> then)
    {
        var action = receives ? AuthorizationAction.Subscribe : AuthorizationAction.Publish;
        if (!StreamRules.May(privileges, receives))
        {
            access.Refused(call, call.Context.User, action, stream.Path);
            return PersoniumAccess.Lacking(call);
        }

        if (!await access.MayAsync(call, call.Context.User, action, stream.Path))
        {
            return PersoniumAccess.Lacking(call);
        }

        return StreamDirectory.Declares(view, stream) ? await then() : NotFound(call);
    }

    private async Task<PersoniumAnswer> SendAsync(PersoniumCall call, StreamPath stream)
    {
        if (await BodyReader.ReadAsync(call.Context.Request, limits.Value.MessageBytes, call.Context.RequestAborted) is not { } body)
        {
            return PersoniumAnswer.TooLarge;
        }

        var caller = rates.Of(call.Context);
        if ((caller.Bytes(body.Length) ?? caller.Publish()) is { } refusal)
        {
            return PersoniumAnswer.TooMany(refusal);
        }

        var item = ItemOf(body);
        var status = stream.Kind == StreamKind.Topic ? (await door.PublishAsync(new ChannelId(call.Cell, call.ChannelOf(stream.Path)), item)).Status
            : StreamBody.ForQueue(body) is null ? PublishStatus.Stored
            : await cluster.GetGrain<IPersoniumQueueGrain>(call.KeyOf(stream)).Send(item);
        return status switch
        {
            PublishStatus.Stored => PersoniumAnswer.Empty(StatusCodes.Status200OK),
            PublishStatus.TooManyChannels => PersoniumAnswer.TooManyChannels,
            _ => PersoniumAnswer.Unavailable,
        };
    }

    private async Task<PersoniumAnswer> ReceiveAsync(PersoniumCall call, StreamPath stream)
    {
        if (stream.Kind == StreamKind.Topic)
        {
            return PersoniumAnswer.Error(PersoniumError.MethodNotAllowed);
        }

        var taken = await cluster.GetGrain<IPersoniumQueueGrain>(call.KeyOf(stream)).Take(1);
        return PersoniumAnswer.Json(StreamBody.Join(taken.Select(static message => StreamBody.ForQueue(message.Item.Body)).OfType<ReadOnlyMemory<byte>>()));
    }

    /// <summary>Bodies are text, whatever their media type says. What is JSON goes to others as JSON, the rest as the text that it is.</summary>
    private static PublishItem ItemOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            return new PublishItem { Body = body.ToArray() };
        }
        catch (JsonException)
        {
            return new PublishItem { Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span)), MediaType = "text/plain; charset=utf-8" };
        }
    }

    private static PersoniumAnswer NotFound(PersoniumCall call) => PersoniumAnswer.Error(PersoniumError.NotFound, call.UrlOf(call.Path));
}
