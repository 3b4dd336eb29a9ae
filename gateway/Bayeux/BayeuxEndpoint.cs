using System.Buffers;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.Bayeux;

namespace Tidings.Gateway.Bayeux;

/// <summary>Bayeux over HTTP: long-polling (POST) and callback-polling (GET). The path's tail is for proxies and logs and means nothing.</summary>
internal sealed class BayeuxEndpoint(
    BayeuxProcessor processor,
    BayeuxChannelRules rules,
    BayeuxBrowsers browsers,
    IOptionsMonitor<BayeuxOptions> options,
    IOptions<TidingsLimits> limits,
    RateBook rates,
    TimeProvider time,
    GatewayMetrics metrics)
{
    private readonly BayeuxReaderLimits _readerLimits = new()
    {
        MaxMessages = limits.Value.MessagesPerRequest,
        MaxDepth = limits.Value.JsonDepth,
        MaxIdBytes = limits.Value.MessageIdBytes,
        MaxChannelLength = limits.Value.ChannelNameLength,
        MaxSubscriptions = limits.Value.SubscriptionsPerSession,
    };

    public async Task PostAsync(HttpContext context)
    {
        var body = await BodyReader.ReadAsync(context.Request, limits.Value.MessageBytes, context.RequestAborted);
        if (body is null)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "The request is larger than this server takes.");
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
            await RefuseAsync(context, StatusCodes.Status400BadRequest, Explain(read.Failure));
            return;
        }

        await AnswerAsync(context, read.Messages, "long-polling", callback: null);
    }

    public async Task GetAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var callback = query.TryGetValue("jsonp", out var name) && name.Count == 1 ? name[0]! : JsonpCallback.Default;
        if (!options.CurrentValue.Jsonp || !query.TryGetValue("message", out var message) || !JsonpCallback.IsValid(callback))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "A GET needs a WebSocket upgrade, or a message and a valid jsonp callback name.");
            return;
        }

        var read = BayeuxReader.Read(
            [.. message.Select(static part => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(part ?? ""))], _readerLimits);
        if (!read.IsSuccess)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, Explain(read.Failure));
            return;
        }

        await AnswerAsync(context, read.Messages, "callback-polling", callback);
    }

    private BayeuxReadResult Read(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        // Clients of other origins send forms as text/plain; JSON shows itself by its first character.
        var isForm = !MediaTypes.IsJson(request.ContentType ?? MediaTypes.Json) && body.Span.TrimStart(" \t\r\n"u8) is not [(byte)'[' or (byte)'{', ..];
        if (isForm)
        {
            return BayeuxForm.TryReadMessages(body, limits.Value.MessagesPerRequest, out var parts)
                ? BayeuxReader.Read(parts, _readerLimits)
                : BayeuxReader.Read(ReadOnlyMemory<byte>.Empty, _readerLimits);
        }

        return BayeuxCharset.TryToUtf8(request.GetTypedHeaders().ContentType?.Charset.Value, body, out var utf8)
            ? BayeuxReader.Read(utf8, _readerLimits)
            : BayeuxReader.Read(ReadOnlyMemory<byte>.Empty, _readerLimits);
    }

    private async Task AnswerAsync(HttpContext context, IReadOnlyList<BayeuxMessage> messages, string transport, string? callback)
    {
        var call = new BayeuxCall
        {
            Exchange = new BayeuxExchange
            {
                Tenant = context.Tenant(),
                Transport = transport,
                HttpContext = context,
                ReceivedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
            },
            Rates = rates.Of(context),
            Browser = browsers.Read(context),
            IsSingle = messages.Count == 1,
        };
        var answer = await processor.ProcessAsync(call, messages);
        browsers.Write(context, call.NewBrowser);
        if (answer.Connect is { } connect)
        {
            await ConnectAsync(context, call, answer, connect, callback);
        }
        else
        {
            await WriteAsync(context, BayeuxWire.Write(answer).WrittenMemory, callback);
        }
    }

    /// <summary>
    /// Holds a connect until (a) something is to be delivered, (b) its time is up, (c) another connect comes or the session moves,
    /// (d) the session ends, (e) the client goes; then writes messages and reply. Messages count as delivered when all is written.
    /// </summary>
    private async Task ConnectAsync(HttpContext context, BayeuxCall call, BayeuxAnswer answer, PendingConnect connect, string? callback)
    {
        var (session, bayeux) = (connect.Session, connect.Bayeux);
        var surplus = browsers.IsSurplus(context, call, bayeux);
        var hold = surplus ? TimeSpan.Zero : connect.Hold;
        var poll = new LongPoll(connect.Request, time.GetUtcNow() + hold, connect.Lifetime, bayeux, rules, time);
        bayeux.Socket = null;
        bayeux.Hold(session, poll);
        var end = session.Bind(poll) ? await HoldAsync(context, session, bayeux, poll, hold, call) : BayeuxSession.EndFor(session);
        session.Unbind(poll);
        bayeux.Take(session, poll, time.GetUtcNow());
        if (end == ConnectEnd.Aborted)
        {
            return;
        }

        var delivers = end is ConnectEnd.Deliver or ConnectEnd.Timeout or ConnectEnd.Disconnected;
        bayeux.Delivering();
        var items = delivers ? session.TakeForWriting() : null;
        await WriteConnectAsync(context, call, answer, connect, end, items, surplus, callback);
    }

    private async Task<ConnectEnd> HoldAsync(
        HttpContext context, LocalSession session, BayeuxSession bayeux, LongPoll poll, TimeSpan hold, BayeuxCall call)
    {
        if (hold == TimeSpan.Zero || HasUrgent(session, bayeux))
        {
            poll.End(ConnectEnd.Deliver);
        }

        bayeux.HeldForBrowser = call.Browser;
        using var aborted = context.RequestAborted.Register(static state => ((LongPoll)state!).End(ConnectEnd.Aborted), poll);
        var end = await poll.Ended;
        bayeux.HeldForBrowser = null;
        return end;
    }

    private bool HasUrgent(LocalSession session, BayeuxSession bayeux)
    {
        if (!session.HasPending || session.HasUrgent(rules.LazinessOf))
        {
            return session.HasPending;
        }

        bayeux.DelayUntil(time.GetUtcNow() + session.ShortestWait(rules.LazinessOf));
        return false;
    }

    private async Task WriteConnectAsync(
        HttpContext context,
        BayeuxCall call,
        BayeuxAnswer answer,
        PendingConnect connect,
        ConnectEnd end,
        List<OutboxItem>? items,
        bool surplus,
        string? callback)
    {
        var written = false;
        try
        {
            var reply = await processor.ConnectReplyAsync(call.Exchange, connect.Session, connect.Request, end);
            if (surplus)
            {
                browsers.Tell(reply);
            }

            if (end == ConnectEnd.Kicked)
            {
                answer.Replies.Add(BayeuxReplies.Kicked);
            }

            answer.Replies.Add(reply);
            var output = BayeuxWire.Write(items, answer.Replies, rules.LeaveOutFor(connect.Session), out var delivered);
            await WriteAsync(context, output.WrittenMemory, callback);
            written = !context.RequestAborted.IsCancellationRequested;
            metrics.Delivered.Add(delivered);
        }
        catch (OperationCanceledException)
        {
            // The client went while its answer was written; what it carried waits for the next connect.
        }
        finally
        {
            if (items is not null)
            {
                if (written)
                {
                    connect.Session.Written();
                }
                else
                {
                    connect.Session.NotWritten();
                }
            }
        }
    }

    private async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json, string? callback)
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

    private Task RefuseAsync(HttpContext context, int status, string reason) => Refusals.WriteAsync(context, metrics, status, reason);

    private string Explain(BayeuxReadFailure failure) => failure switch
    {
        BayeuxReadFailure.Empty => "The array holds no message.",
        BayeuxReadFailure.NotAnObject => "A Bayeux message is a JSON object.",
        BayeuxReadFailure.TooManyMessages => $"One request carries at most {limits.Value.MessagesPerRequest} messages.",
        BayeuxReadFailure.TooDeep => $"JSON is nested deeper than {limits.Value.JsonDepth} levels.",
        _ => "The body is not valid JSON in UTF-8.",
    };
}
