using System.Diagnostics;
using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Cases;

/// <summary>What a connect is answered with, and when.</summary>
static class ConnectCases
{
    const int Attempts = 5;

    [Case(11, "The first connect after a handshake is answered at once, also without advice")]
    static async Task First_connect_is_not_held(CaseContext c)
    {
        var client = await c.HandshakenAsync();
        Expect.Success(await c.WithinAsync(c.Prompt, client.ConnectAsync(), "the first connect"));
    }

    [Case(12, "The next connect is held for the advised timeout and is then successful")]
    static async Task Next_connect_is_held(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var held = Stopwatch.StartNew();
        Expect.Success(await client.ConnectAsync());
        Expect.That(held.Elapsed >= c.Target.Hold * 0.9, $"answered after {held.ElapsedMilliseconds} ms");
    }

    [Case(13, "A connect with advice.timeout 0 is answered at once, with full advice")]
    static async Task Timeout_zero_is_not_held(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        Expect.FullAdvice(Expect.Success(await c.WithinAsync(c.Prompt, client.ConnectAsync(timeout: 0), "the connect")));
    }

    [Case(14, "A reply repeats the request's id with its JSON type")]
    static async Task Ids_keep_their_type(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        foreach (var id in new JsonNode[] { 42, "43", "0", "6f1b5d0c-1f7e-4d38-9f0e-2b6f9f5e7a11" })
        {
            var connect = client.ConnectMessage(timeout: 0);
            connect["id"] = id;
            Expect.Same(id, (await client.ReplyAsync(connect))["id"], "id");
        }
    }

    [Case(15, "An advice.timeout above the server's own is capped")]
    static async Task Long_timeouts_are_capped(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var connect = client.ConnectAsync(timeout: c.Target.Hold.TotalMilliseconds * 5);
        Expect.Success(await c.WithinAsync(c.Target.Hold * 1.5, connect, "the connect"));
    }

    [Case(17, "A publish by another client releases the held connect at once, event and reply in one response", On.Http)]
    static async Task Publish_releases_the_connect(CaseContext c)
    {
        var news = c.Channel("news");
        var (subscriber, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        var held = subscriber.HoldAsync();
        Expect.Success(await publisher.PublishAsync(news, 1));
        var response = await c.WithinAsync(c.Prompt, held, "the held connect");
        Expect.Data(response.Deliveries, 1);
        Expect.That(response.Replies.Any(Expect.IsSuccess), $"the connect's reply is missing: {response}");
    }

    [Case(18, "A connect beside other messages is not held, and all replies come in one response", On.Http)]
    static async Task Batched_connect_is_not_held(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var connect = client.ConnectMessage();
        var subscribe = Messages.Subscribe(client.Id, c.Channel("a"));
        var publish = Messages.Publish(client.Id, c.Channel("b"), 1);
        var response = await c.WithinAsync(c.Prompt, client.SendAsync(connect, subscribe, publish), "the batch");
        foreach (var message in new[] { connect, subscribe, publish })
            Expect.Success(response.ReplyTo(message));
    }

    [Case(19, "A connect with an unknown client id is answered at once with 402 and the advice to handshake")]
    static async Task Unknown_session_is_told(CaseContext c)
    {
        var client = await c.StrangerAsync();
        Expect.UnknownSession(await c.WithinAsync(c.Prompt, client.ConnectAsync(), "the connect"));
    }

    [Case(20, "A second connect ends the first at once, and is held itself", On.Http)]
    static async Task Second_connect_replaces_the_first(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var first = await c.HeldAsync(client);
        var held = Stopwatch.StartNew();
        var second = client.HoldAsync();
        var ended = await c.WithinAsync(c.Prompt, first, "the end of the first connect");
        Expect.That(ended.Refused || IsSuccess(ended), $"the first connect ends in an error: {ended}");
        await HeldAsync(c, second, held);
    }

    [Case(20, "A second connect on the socket is held from its own start; the first may stay unanswered", On.WebSocket, Part = "a")]
    static async Task Second_connect_on_a_socket_is_held_anew(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        _ = client.HoldAsync();
        await c.PassAsync(c.Target.Hold / 3);
        var held = Stopwatch.StartNew();
        await HeldAsync(c, client.HoldAsync(), held);
    }

    [Case(20, "What waits when a second connect ends the first comes with the second, and not with the first", On.Http, Part = "b", Needs = Needs.Lazy)]
    static async Task First_connect_ends_without_messages(CaseContext c)
    {
        var lazy = c.Under("/lazy");
        var (client, publisher) = (await c.SubscribedAsync(lazy), await c.ConnectedAsync());
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var first = client.HoldAsync();
            await c.PassAsync(c.Target.Hold / 10);
            var published = Stopwatch.StartNew();
            Expect.Success(await publisher.PublishAsync(lazy, attempt));
            var second = client.HoldAsync();
            var ended = await c.WithinAsync(c.Prompt, first, "the end of the first connect");
            if (published.Elapsed < c.Target.LazyTimeout!.Value * 0.8)
            {
                Expect.That(!ended.Deliveries.Any(), $"the first connect carries messages: {ended}");
                Expect.Data((await c.WithinAsync(c.Patience, second, "the second connect")).Deliveries, attempt);
                return;
            }

            // The message need not wait any longer, and may come with either.
            await c.WithinAsync(c.Patience, second, "the second connect");
        }

        throw new ConformanceException($"none of {Attempts} second connects came in time to be judged");
    }

    [Case(21, "A held connect whose connection is cut costs nothing: the next connect continues the session", On.Http)]
    static async Task Cut_connection_is_survived(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        var cut = await c.HeldAsync(client);
        await client.Wire.DisposeAsync();
        Expect.That(await FailsAsync(cut), "the connect was not cut");

        var next = await c.ResumedAsync(client);
        Expect.Success(await next.ConnectAsync(timeout: 0));
        Expect.Success(await publisher.PublishAsync(news, 1));
        Expect.Data(await next.ReceiveAsync(news), 1);
    }

    [Case(23, "Idle connects of a single client never advise multiple-clients")]
    static async Task Lone_client_is_not_taken_for_many(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        for (var i = 0; i < 2; i++)
        {
            var reply = Expect.Success(await client.ConnectAsync());
            Expect.That(reply["advice"]?["multiple-clients"] is null, $"multiple-clients is advised: {reply.ToJsonString()}");
        }
    }

    static async Task HeldAsync(CaseContext c, Task<Exchange> connect, Stopwatch held)
    {
        var exchange = await c.WithinAsync(c.Patience, connect, "the second connect");
        Expect.That(held.Elapsed >= c.Target.Hold * 0.9, $"the second connect was answered after {held.ElapsedMilliseconds} ms: {exchange}");
        Expect.That(!exchange.Refused && IsSuccess(exchange), $"the second connect failed: {exchange}");
    }

    static bool IsSuccess(Exchange exchange) => exchange.Replies.Any() && exchange.Replies.All(Expect.IsSuccess);

    static async Task<bool> FailsAsync(Task task)
    {
        try
        {
            await task;
            return false;
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            return true;
        }
    }
}
