using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Protocols.Bayeux;
using Tidings.Protocols.Charsets;

namespace Tidings.Gateway.Bayeux;

/// <summary>Bayeux over HTTP: long-polling (POST) and callback-polling (GET). The path's tail is for proxies and logs and means nothing.</summary>
internal sealed class BayeuxEndpoint(
    BayeuxProcessor processor,
    LongPolls polls,
    BayeuxResponses responses,
    BayeuxBrowsers browsers,
    IOptionsMonitor<BayeuxOptions> options,
    IOptions<TidingsLimits> limits,
    RateBook rates,
    TimeProvider time,
    GatewayMetrics metrics)
{
    private BayeuxReaderLimits ReaderLimits => BayeuxReading.LimitsOf(limits.Value);

    public async Task PostAsync(HttpContext context, BayeuxDialect dialect)
    {
        if (BodyReader.IsCoded(context.Request))
        {
            await responses.RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "Bodies are taken without a content coding.");
            return;
        }

        var body = await BodyReader.ReadAsync(context.Request, limits.Value.MessageBytes, context.RequestAborted);
        if (body is null)
        {
            await responses.RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "The request is larger than this server takes.");
            return;
        }

        if (rates.Of(context).Bytes(body.Value.Length) is { } refusal)
        {
            await Refusals.TooManyAsync(context, metrics, refusal);
            return;
        }

        var read = Read(context.Request, body.Value);
        if (!read.IsSuccess)
        {
            await responses.RefuseAsync(context, StatusCodes.Status400BadRequest, Explain(read.Failure));
            return;
        }

        await AnswerAsync(context, dialect, read.Messages, "long-polling", callback: null, body.Value.Length);
    }

    public async Task GetAsync(HttpContext context, BayeuxDialect dialect)
    {
        var query = context.Request.Query;
        var callback = query.TryGetValue("jsonp", out var name) && name.Count == 1 ? name[0]! : JsonpCallback.Default;
        if (!options.CurrentValue.Jsonp || !query.TryGetValue("message", out var message) || !JsonpCallback.IsValid(callback))
        {
            await responses.RefuseAsync(context, StatusCodes.Status400BadRequest, "A GET needs a WebSocket upgrade, or a message and a valid jsonp callback name.");
            return;
        }

        ReadOnlyMemory<byte>[] parts = [.. message.Select(static part => System.Text.Encoding.UTF8.GetBytes(part ?? ""))];
        var length = parts.Sum(static part => part.Length);
        if (rates.Of(context).Bytes(length) is { } refusal)
        {
            await Refusals.TooManyAsync(context, metrics, refusal);
            return;
        }

        var read = BayeuxReader.Read(parts, ReaderLimits);
        if (!read.IsSuccess)
        {
            await responses.RefuseAsync(context, StatusCodes.Status400BadRequest, Explain(read.Failure));
            return;
        }

        await AnswerAsync(context, dialect, read.Messages, "callback-polling", callback, length);
    }

    private BayeuxReadResult Read(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        // Clients of other origins send forms as text/plain; JSON shows itself by its first character.
        var isForm = !MediaTypes.IsJson(request.ContentType ?? MediaTypes.Json) && body.Span.TrimStart(" \t\r\n"u8) is not [(byte)'[' or (byte)'{', ..];
        if (isForm)
        {
            return BayeuxForm.TryReadMessages(body, limits.Value.MessagesPerRequest, out var parts)
                ? BayeuxReader.Read(parts, ReaderLimits)
                : BayeuxReader.Read(ReadOnlyMemory<byte>.Empty, ReaderLimits);
        }

        return TextBody.ToUtf8(request.GetTypedHeaders().ContentType?.Charset.Value, body, out var utf8) == TextFault.None
            ? BayeuxReader.Read(utf8, ReaderLimits)
            : BayeuxReader.Read(ReadOnlyMemory<byte>.Empty, ReaderLimits);
    }

    private async Task AnswerAsync(
        HttpContext context, BayeuxDialect dialect, IReadOnlyList<BayeuxMessage> messages, string transport, string? callback, int length)
    {
        var call = new BayeuxCall
        {
            Dialect = dialect,
            Exchange = new BayeuxExchange
            {
                Tenant = context.Tenant(),
                Transport = transport,
                HttpContext = context,
                ReceivedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
            },
            Rates = rates.Of(context),
            Length = length,
            Browser = browsers.Read(context),
            IsSingle = messages.Count == 1,
        };
        var answer = await processor.ProcessAsync(call, messages);
        browsers.Write(context, call.NewBrowser);
        if (answer.Connect is { } connect)
        {
            await polls.ConnectAsync(context, call, answer, connect, callback);
        }
        else
        {
            await responses.WriteAsync(context, BayeuxWire.Write(answer).WrittenMemory, callback);
        }
    }

    private string Explain(BayeuxReadFailure failure) => failure switch
    {
        BayeuxReadFailure.Empty => "The array holds no message.",
        BayeuxReadFailure.NotAnObject => "A Bayeux message is a JSON object.",
        BayeuxReadFailure.TooManyMessages => $"One request carries at most {limits.Value.MessagesPerRequest} messages.",
        BayeuxReadFailure.TooDeep => $"JSON is nested deeper than {limits.Value.JsonDepth} levels.",
        _ => "The body is not valid JSON in UTF-8.",
    };
}
