using System.Diagnostics;
using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;

namespace Tidings.Conformance.Cases;

/// <summary>The acknowledgement extension: a connect confirms the batch of an earlier connect's reply (docs.cometd.org, "Message Acknowledgment Extension").</summary>
static class AcknowledgementCases
{
    const On Transports = On.LongPolling | On.WebSocket;

    [Case(92, "Messages that are not acknowledged come again, with another batch number, and not again once they are", Transports)]
    static async Task Unacknowledged_messages_come_again(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await ClientAsync(c), await c.ConnectedAsync());
        var start = await StartAsync(client, news);
        Expect.Success(await publisher.PublishAsync(news, 1));
        var lost = await BatchAsync(client, start);
        var again = await BatchAsync(client, start);
        Expect.That(start < lost && lost < again, $"batch numbers should grow: {start}, {lost}, {again}");
        Expect.Data(client.Deliveries, 1, 1);

        Expect.Success(await publisher.PublishAsync(news, 2));
        await BatchAsync(client, again);
        Expect.Data(client.Deliveries, 1, 1, 2);
    }

    [Case(92, "A connect that leaves nothing unacknowledged is held", Transports, Part = "a")]
    static async Task Acknowledged_connect_is_held(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await ClientAsync(c), await c.ConnectedAsync());
        var start = await StartAsync(client, news);
        Expect.Success(await publisher.PublishAsync(news, 1));
        var batch = await BatchAsync(client, start);
        var held = client.SendAsync(Connect(client, batch));
        Expect.Success(await client.SubscribeAsync(c.Channel("other")));
        Expect.That(!held.IsCompleted, "the connect was not held");
        Expect.Success(await publisher.PublishAsync(news, 2));
        await c.WithinAsync(c.Prompt, held, "the connect");
        Expect.Data(client.Deliveries, 1, 2);
    }

    [Case(92, "Unacknowledged messages come again over the client's next connection", Transports, Part = "b")]
    static async Task Unacknowledged_messages_come_again_elsewhere(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await ClientAsync(c), await c.ConnectedAsync());
        var start = await StartAsync(client, news);
        Expect.Success(await publisher.PublishAsync(news, 1));
        await BatchAsync(client, start);
        await client.Wire.DisposeAsync();

        var resumed = await c.ResumedAsync(client);
        var again = await BatchAsync(resumed, start);
        Expect.Success(await publisher.PublishAsync(news, 2));
        await BatchAsync(resumed, again);
        Expect.Data(resumed.Deliveries, 1, 2);
    }

    [Case(93, "Lazy messages that are not acknowledged do not release the next connect at once, but come with it", Transports, Needs = Needs.Lazy)]
    static async Task Unacknowledged_lazy_messages_wait(CaseContext c)
    {
        var lazy = c.Under("/lazy");
        var (client, publisher) = (await ClientAsync(c), await c.ConnectedAsync());
        var start = await StartAsync(client, lazy);
        Expect.Success(await publisher.PublishAsync(lazy, 1));
        await BatchAsync(client, start);
        var connected = Stopwatch.StartNew();
        await BatchAsync(client, start);
        Expect.That(connected.Elapsed >= c.Target.LazyTimeout!.Value / 2, $"the connect was answered after {connected.ElapsedMilliseconds} ms");
        Expect.Data(client.Deliveries, 1, 1);
    }

    [Case(94, "A connect that another one overtakes confirms no batch but its own", Transports)]
    static async Task Overtaken_connect_loses_nothing(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await ClientAsync(c), await c.ConnectedAsync());
        var start = await StartAsync(client, news);
        var overtaken = client.SendAsync(Connect(client, start));
        Expect.Success(await client.SubscribeAsync(c.Channel("other")));
        var later = client.SendAsync(Connect(client, start));
        if (c.Transport == Wire.Transport.LongPolling)
            await c.WithinAsync(c.Prompt, overtaken, "the reply to the overtaken connect");
        Expect.Success(await publisher.PublishAsync(news, 1));
        await c.WithinAsync(c.Prompt, later, "the message that the later connect brings");

        // The client never sees the later reply; the overtaken one is all it knows of.
        var known = overtaken.IsCompleted ? (await overtaken).Replies.Max(reply => Number(reply) ?? start) : start;
        var again = await BatchAsync(client, known);
        Expect.Data(client.Deliveries, 1, 1);
        Expect.Success(await publisher.PublishAsync(news, 2));
        await BatchAsync(client, again);
        Expect.Data(client.Deliveries, 1, 1, 2);
    }

    /// <summary>A client whose server agreed to the extension.</summary>
    static async Task<BayeuxClient> ClientAsync(CaseContext c)
    {
        var client = await c.ClientAsync();
        var ack = (await client.HandshakeAsync(new JsonObject { ["ack"] = true }))["ext"]?["ack"];
        ack = ack is JsonObject agreement ? agreement["enabled"] : ack;
        Expect.Same(true, ack, "ext.ack of the handshake's reply");
        return client;
    }

    /// <summary>Subscribes and connects for the first time; the number of the first batch.</summary>
    static async Task<long> StartAsync(BayeuxClient client, string channel)
    {
        Expect.Success(await client.SubscribeAsync(channel));
        return await BatchAsync(client, 0);
    }

    /// <summary>Connects, confirming a batch; the number of the batch that the reply ends.</summary>
    static async Task<long> BatchAsync(BayeuxClient client, long confirmed)
    {
        var reply = Expect.Success(await client.ReplyAsync(Connect(client, confirmed)));
        return Number(reply) ?? throw new Wire.ConformanceException($"the reply has no number in ext.ack: {reply.ToJsonString()}");
    }

    static JsonObject Connect(BayeuxClient client, long confirmed)
    {
        var connect = client.ConnectMessage();
        connect["ext"] = new JsonObject { ["ack"] = confirmed };
        return connect;
    }

    static long? Number(JsonObject reply) => reply["ext"]?["ack"] is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;
}
