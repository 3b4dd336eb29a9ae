using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Cases;

/// <summary>The replay extension: subscriptions that begin at a place in the channel's log (Salesforce's Streaming API, "Message Durability").</summary>
static class ReplayCases
{
    const On Transports = On.LongPolling | On.WebSocket;
    const int All = -2;
    const int New = -1;
    const int Half = 20;

    [Case(95, "Replay from -2 gives all that is retained, in order and with growing ids, and goes on with what is new", Transports)]
    static async Task Everything_is_replayed(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await ClientAsync(c), await c.ConnectedAsync());
        await PublishAsync(publisher, news, 1, 3);
        Expect.Success(await SubscribeAsync(client, news, (news, All)));
        await PublishAsync(publisher, news, 4, 1);
        await ReceiveAsync(client, 4);
        Expect.Same(Numbers(1, 4), Received(client), "what was delivered");
        Expect.That(Ids(client).Zip(Ids(client).Skip(1)).All(pair => pair.First < pair.Second), $"ids should grow: {string.Join(", ", Ids(client))}");
    }

    [Case(95, "Replay from -1 gives only what is new", Transports, Part = "a")]
    static async Task Only_new_messages_are_given(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await ClientAsync(c), await c.ConnectedAsync());
        await PublishAsync(publisher, news, 1, 2);
        Expect.Success(await SubscribeAsync(client, news, (news, New)));
        await PublishAsync(publisher, news, 3, 1);
        await ReceiveAsync(client, 1);
        Expect.Same(Numbers(3, 1), Received(client), "what was delivered");
    }

    [Case(95, "Replay from an id gives what came after it; other channels in the map mean nothing", Transports, Part = "b")]
    static async Task Replay_goes_on_after_an_id(CaseContext c)
    {
        var (news, other) = (c.Channel("news"), c.Channel("other"));
        var (first, publisher) = (await ClientAsync(c), await c.ConnectedAsync());
        await PublishAsync(publisher, news, 1, 3);
        await PublishAsync(publisher, other, 100, 1);
        Expect.Success(await SubscribeAsync(first, news, (news, All)));
        await ReceiveAsync(first, 3);

        var client = await ClientAsync(c);
        Expect.Success(await SubscribeAsync(client, news, (other, All), (news, Ids(first).First())));
        await PublishAsync(publisher, news, 4, 1);
        await ReceiveAsync(client, 3);
        Expect.Same(Numbers(2, 3), Received(client), "what was delivered");
    }

    [Case(95, "Replay from an id that the channel never had is an error that names it, and does not subscribe", Transports, Part = "c")]
    static async Task Invalid_id_is_refused(CaseContext c)
    {
        const long Invalid = 123_456_789_012;
        var (news, marker) = (c.Channel("news"), c.Channel(BayeuxClient.Marker));
        var (client, publisher) = (await ClientAsync(c), await c.ConnectedAsync());
        Expect.Success(await client.SubscribeAsync(marker));
        await PublishAsync(publisher, news, 1, 1);
        var reply = Expect.Error(await SubscribeAsync(client, news, (news, Invalid)), 400);
        var error = reply["error"]!.GetValue<string>();
        Expect.That(error.StartsWith($"400::The replayId {{{Invalid}}} you provided was invalid.", StringComparison.Ordinal), $"the error is not the documented one: {error}");
        await PublishAsync(publisher, news, 2, 1);
        Expect.That((await client.ReceiveUpToMarkerAsync(publisher)).Count == 0, "messages came without a subscription");
    }

    [Case(95, "Where history and live messages join, none is missing and none comes twice", Transports, Part = "d")]
    static async Task History_joins_live_without_a_gap(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await ClientAsync(c), await c.ConnectedAsync());
        await PublishAsync(publisher, news, 1, Half);
        var publishing = PublishAsync(publisher, news, 1 + Half, Half);
        Expect.Success(await SubscribeAsync(client, news, (news, All)));
        await publishing;
        await ReceiveAsync(client, 2 * Half);
        Expect.Same(Numbers(1, 2 * Half), Received(client), "what was delivered");
    }

    [Case(95, "An event object in the data keeps its members; a client without the extension gets the data as published", Transports, Part = "e")]
    static async Task Data_keeps_its_own_event(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, plain, publisher) = (await ClientAsync(c), await c.SubscribedAsync(news), await c.ConnectedAsync());
        Expect.Success(await SubscribeAsync(client, news, (news, New)));
        var data = new JsonObject { ["event"] = new JsonObject { ["type"] = "created" }, ["n"] = 1 };
        Expect.Success(await publisher.PublishAsync(news, data.DeepClone()));
        await ReceiveAsync(client, 1);
        Expect.Same("created", client.Deliveries[0]["data"]?["event"]?["type"], "event.type");
        Expect.That(Ids(client).Count() == 1, "the message has no id");
        Expect.Data(await plain.ReceiveAsync(news), data);
    }

    /// <summary>A connected client whose server agreed to the extension.</summary>
    static async Task<BayeuxClient> ClientAsync(CaseContext c)
    {
        var client = await c.ClientAsync();
        var reply = await client.HandshakeAsync(new JsonObject { ["replay"] = true });
        Expect.Same(true, reply["ext"]?["replay"], "ext.replay of the handshake's reply");
        Expect.Success(await client.ConnectAsync(timeout: 0));
        return client;
    }

    static Task<JsonObject> SubscribeAsync(BayeuxClient client, string channel, params (string Channel, long After)[] places)
    {
        var subscribe = Messages.Subscribe(client.Id, channel);
        subscribe["ext"] = new JsonObject
        {
            ["replay"] = new JsonObject(places.Select(place => KeyValuePair.Create(place.Channel, (JsonNode?)place.After))),
        };
        return client.ReplyAsync(subscribe);
    }

    static async Task PublishAsync(BayeuxClient publisher, string channel, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            Expect.Success(await publisher.PublishAsync(channel, new JsonObject { ["n"] = i }));
    }

    static Task<IReadOnlyList<JsonObject>> ReceiveAsync(BayeuxClient client, int count) => client.ReceiveAsync(all => all.Count >= count, $"{count} messages");

    static JsonArray Received(BayeuxClient client) => [.. client.Deliveries.Select(message => message["data"]?["n"]?.DeepClone())];

    static JsonArray Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(n => (JsonNode)n)];

    static IEnumerable<long> Ids(BayeuxClient client) => client.Deliveries.Select(message =>
        message["data"]?["event"]?["replayId"] is JsonValue id && id.TryGetValue<long>(out var number)
            ? number
            : throw new ConformanceException($"no whole number in data.event.replayId: {message.ToJsonString()}"));
}
