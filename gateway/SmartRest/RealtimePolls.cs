using System.Buffers;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>
/// Holds polls until (a) a notification matches a template, (b) the time is up, (c) another poll comes or the session moves, (d) the
/// session ends, (e) the client goes. Notifications that match nothing are passed over and do not end a poll.
/// </summary>
internal sealed class RealtimePolls(
    RealtimeProcessor processor,
    SessionDoor door,
    TemplateSets sets,
    RealtimeMatches matches,
    IOptions<SmartRestOptions> options,
    TimeProvider time,
    GatewayMetrics metrics)
{
    private static readonly RealtimeAdvice Later = new(null, 10_000, ReconnectPolicy.Retry);

    public async Task HoldAsync(HttpContext context, RealtimeCall call, RealtimeConnect connect, ArrayBufferWriter<byte> output)
    {
        if (await sets.FindAsync(call.Tenant, call.XId) is null)
        {
            SmartErrors.NoTemplate.Write(output);
            RealtimeWriter.WriteAdvice(output, Later, call.FormatOf(SmartClientId.Of(connect.ClientId).Reliable));
            await WriteAsync(context, output.WrittenMemory);
            return;
        }

        if (await processor.AttachAsync(call, connect.ClientId) is not { } session)
        {
            RealtimeProcessor.WriteUnknown(call, output, connect.ClientId);
            await WriteAsync(context, output.WrittenMemory);
            return;
        }

        var smart = (SmartSession)session.Protocol!;
        if (session.Description!.Acknowledges)
        {
            session.Acknowledge(connect.Acknowledged ?? 0);
        }

        var now = time.GetSteadyNow();
        var atOnce = !session.Started || output.WrittenCount > 0;
        session.Started = true;
        var poll = new SmartPoll(atOnce ? now : now + options.Value.Timeout, options.Value.KeepAlive, now);
        smart.Hold(session, poll);
        metrics.Connected(session);
        if (atOnce)
        {
            poll.End(PollEnd.Timeout); // clients take the first answer as the sign that the connection works
        }

        await AnswerAsync(context, new HeldPoll(call, connect.ClientId, session, smart, poll), output);
    }

    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (!context.Response.HasStarted)
        {
            Begin(context);
            context.Response.ContentLength = body.Length;
        }

        await context.Response.Body.WriteAsync(body, context.RequestAborted);
        await context.Response.CompleteAsync();
    }

    private static void Begin(HttpContext context)
    {
        context.Response.ContentType = SmartRestEndpoint.PlainText;
        context.Response.Headers.CacheControl = "no-store";
    }

    private async Task AnswerAsync(HttpContext context, HeldPoll poll, ArrayBufferWriter<byte> output)
    {
        var (carries, written) = (false, false);
        using var aborted = context.RequestAborted.Register(static held => ((SmartPoll)held!).End(PollEnd.Aborted), poll.Held);
        try
        {
            var (end, items) = await WaitAsync(context, poll, output);
            carries = items is not null;
            Finish(poll, end, carries, output);
            await WriteAsync(context, output.WrittenMemory);
            written = !context.RequestAborted.IsCancellationRequested;
            if (items is not null)
            {
                metrics.Delivered.Add(items.Sum(static item => item.Count));
                metrics.Written(poll.Session, items, time);
            }
        }
        catch (OperationCanceledException)
        {
            // The client went while its answer was written; what it carried waits for the next poll.
        }
        finally
        {
            Settle(poll, carries, written);
            poll.Smart.Release(poll.Session, poll.Held, time.GetSteadyNow(), poll.Session.Description?.Lifetime ?? options.Value.SessionLifetime);
        }
    }

    private async Task<(PollEnd End, List<OutboxItem>? Items)> WaitAsync(HttpContext context, HeldPoll poll, ArrayBufferWriter<byte> output)
    {
        var next = PollEnd.Wake; // something may wait from before
        while (true)
        {
            if (next == PollEnd.KeepAlive)
            {
                await SignOfLifeAsync(context);
            }
            else if (next is PollEnd.Wake or PollEnd.Timeout && await MatchAsync(poll, output) is { } items)
            {
                return (next, items);
            }
            else if (next != PollEnd.Wake)
            {
                return (next, null);
            }

            next = await poll.Held.NextAsync();
        }
    }

    /// <summary>Matches what waits. What matches nothing is done with.</summary>
    /// <returns>What the output is made of; null if nothing is.</returns>
    private async Task<List<OutboxItem>?> MatchAsync(HeldPoll poll, ArrayBufferWriter<byte> output)
    {
        while (poll.Session.TakeForWriting(mostItems: 1) is { } items)
        {
            try
            {
                var before = output.WrittenCount;
                await matches.WriteAsync(poll, items[0], output);
                while (output.WrittenCount < options.Value.ResponseBytes && poll.Session.TakeMoreForWriting() is { } next)
                {
                    await matches.WriteAsync(poll, next, output);
                }

                if (output.WrittenCount > before)
                {
                    return items;
                }
            }
            catch
            {
                poll.Session.NotWritten();
                throw;
            }

            poll.Session.Written();
            await door.EnsureAttachedAsync(poll.Session); // where only a first part of what was missed had come, the rest follows
        }

        return null;
    }

    private void Finish(HeldPoll poll, PollEnd end, bool carries, ArrayBufferWriter<byte> output)
    {
        if (end == PollEnd.Unknown)
        {
            RealtimeProcessor.WriteUnknown(poll.Call, output, poll.ClientId);
            return;
        }

        if (end == PollEnd.Crowded)
        {
            RealtimeWriter.WriteAdvice(output, Later, poll.Format);
            return;
        }

        if (end is PollEnd.Wake or PollEnd.Timeout && poll.Session.CloseBatch() is { } batch)
        {
            RealtimeWriter.WriteBatch(output, batch);
        }

        if (end == PollEnd.Timeout && !carries)
        {
            RealtimeWriter.WriteAdvice(
                output, new RealtimeAdvice((long)options.Value.Timeout.TotalMilliseconds, 0, ReconnectPolicy.Retry), poll.Format);
        }
    }

    private static void Settle(HeldPoll poll, bool carries, bool written)
    {
        if (!carries)
        {
            return;
        }

        if (written)
        {
            poll.Session.Written();
        }
        else
        {
            poll.Session.NotWritten();
        }

        poll.Smart.Nudge();
    }

    private static async Task SignOfLifeAsync(HttpContext context)
    {
        if (!context.Response.HasStarted)
        {
            Begin(context);
        }

        await context.Response.Body.WriteAsync(" "u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
