using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;

namespace Tidings.Conformance.Cases;

/// <summary>What a publisher is told and what subscribers get.</summary>
static class PublishCases
{
    [Case(43, "The acknowledgement has channel, id and success but no data; the delivery has channel and data but neither client id nor id of the publisher")]
    static async Task Publisher_stays_unknown(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        var publish = Messages.Publish(publisher.Id, news, new JsonObject { ["x"] = 1 });
        var ack = Expect.Success(await publisher.ReplyAsync(publish));
        Expect.Same(news, ack["channel"], "the acknowledgement's channel");
        Expect.That(!ack.ContainsKey("data"), $"the acknowledgement has data: {ack.ToJsonString()}");

        var delivery = (await client.ReceiveAsync(news))[0];
        Expect.Same(new JsonObject { ["x"] = 1 }, delivery["data"], "data");
        foreach (var leak in new[] { "clientId", "successful" })
            Expect.That(!delivery.ContainsKey(leak), $"the delivery has {leak}: {delivery.ToJsonString()}");
        Expect.That(!JsonNode.DeepEquals(delivery["id"], publish["id"]), $"the delivery has the publisher's id: {delivery.ToJsonString()}");
    }

    [Case(44, "A publish without data is an error")]
    static async Task Data_is_required(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        Expect.Error(await client.ReplyAsync(Messages.Message(c.Channel("a"), client.Id)), 400, 402);
    }

    [Case(45, "null, false, 0, the empty string and the text [] are delivered as they are")]
    static async Task Falsy_data_is_data(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        JsonNode?[] data = [null, false, 0, "", "[]"];
        foreach (var item in data)
            Expect.Success(await publisher.PublishAsync(news, item?.DeepClone()));
        Expect.Data(await client.ReceiveAsync(all => all.Count >= data.Length, "five messages"), data);
    }

    [Case(46, "Text beyond ASCII arrives as it was sent")]
    static async Task Unicode_is_kept(CaseContext c)
    {
        const string text = "\u03b1\u03b2\u03b3 \u00e4\u00f6\u00fc \u65e5\u672c \ud83d\udce8 \u2028 <&>";
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        Expect.Success(await publisher.PublishAsync(news, text));
        Expect.Data(await client.ReceiveAsync(news), text);
    }

    [Case(48, "A publish to an unknown meta channel is 403, one to a wildcard is an error; neither is delivered")]
    static async Task Patterns_and_meta_are_no_addresses(CaseContext c)
    {
        var client = await c.SubscribedAsync(c.Channel("**"));
        var publisher = await c.ConnectedAsync();
        Expect.Error(await publisher.PublishAsync("/meta/foo", 1), 403);
        Expect.Error(await publisher.PublishAsync(c.Channel("*"), 1));
        Expect.Error(await publisher.PublishAsync(c.Channel("**"), 1));
        Expect.Data(await client.ReceiveUpToMarkerAsync(publisher));
    }

    [Case(49, "A channel that only begins like /meta/subscribe is no subscribe")]
    static async Task Meta_channels_are_exact(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(c.Channel(BayeuxClient.Marker)), await c.ConnectedAsync());
        var request = Messages.Message("/meta/subscribe/x", client.Id);
        request["subscription"] = news;
        Expect.Error(await client.ReplyAsync(request));
        Expect.Success(await publisher.PublishAsync(news, 1));
        Expect.Data(await client.ReceiveUpToMarkerAsync(publisher));
    }

    [Case(50, "A publish by an unknown session is 402 and not delivered")]
    static async Task Unknown_session_cannot_publish(CaseContext c)
    {
        var client = await c.SubscribedAsync(c.Channel("**"));
        var stranger = await c.StrangerAsync();
        Expect.Error(await stranger.PublishAsync(c.Channel("a"), 1), 402);
        Expect.Data(await client.ReceiveUpToMarkerAsync(await c.ConnectedAsync()));
    }

    [Case(51, "In one request, a message with another session's client id is 402, and the others are unharmed")]
    static async Task Requests_belong_to_one_session(CaseContext c)
    {
        var (client, other) = (await c.ConnectedAsync(), await c.ConnectedAsync());
        var own = Messages.Publish(client.Id, c.Channel("a"), 1);
        var stolen = Messages.Publish(other.Id, c.Channel("a"), 2);
        var exchange = await client.SendAsync(own, stolen);
        Expect.Success(exchange.ReplyTo(own));
        Expect.Error(exchange.ReplyTo(stolen), 402);
    }

    [Case(56, "A subscriber gets the messages of a channel in the order they were published in")]
    static async Task Order_is_kept(CaseContext c)
    {
        const int count = 100;
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        var publishing = PublishAsync(publisher, news, count);
        var received = await client.ReceiveAsync(all => all.Count >= count, $"{count} messages");
        await publishing;
        Expect.Data(received, [.. Enumerable.Range(0, count).Select(i => (JsonNode)i)]);
    }

    [Case(57, "Over HTTP, messages come with connects only, not in other responses", On.Http)]
    static async Task Messages_come_with_connects(CaseContext c)
    {
        var news = c.Channel("news");
        var client = await c.SubscribedAsync(news);
        var publish = await client.SendAsync(Messages.Publish(client.Id, news, 1));
        var subscribe = await client.SendAsync(Messages.Subscribe(client.Id, c.Channel("other")));
        Expect.Data(publish.Deliveries.Concat(subscribe.Deliveries));
        Expect.Data(await client.ReceiveAsync(news), 1);
    }

    static async Task PublishAsync(BayeuxClient publisher, string channel, int count)
    {
        for (var i = 0; i < count; i++)
            Expect.Success(await publisher.PublishAsync(channel, i));
    }
}
