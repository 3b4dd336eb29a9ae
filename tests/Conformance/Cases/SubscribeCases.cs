using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;

namespace Tidings.Conformance.Cases;

/// <summary>What a subscription is and what it is not.</summary>
static class SubscribeCases
{
    [Case(28, "A subscription given as a string is repeated as a string, an array as an array, with one reply")]
    static async Task Subscription_is_repeated_as_given(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        JsonObject[] requests = [Messages.Subscribe(client.Id, c.Channel("a")), Messages.Subscribe(client.Id, c.Channel("b"), c.Channel("c/*"))];
        foreach (var request in requests.Concat(requests.Select(Unsubscription)))
        {
            var exchange = await client.SendAsync(request);
            Expect.That(exchange.Replies.Count() == 1, $"one reply was expected: {exchange}");
            Expect.Same(request["subscription"], Expect.Success(exchange.ReplyTo(request))["subscription"], "subscription");
        }
    }

    [Case(29, "When one channel of several is bad, the reply is unsuccessful and none is subscribed")]
    static async Task Subscribe_is_all_or_nothing(CaseContext c)
    {
        var good = c.Channel("good");
        var client = await c.SubscribedAsync(c.Channel(BayeuxClient.Marker));
        Expect.Error(await client.SubscribeAsync(good, c.Channel("*/bad")));
        await NothingReachesAsync(c, client, good);
    }

    [Case(30, "A subscribe without subscription is an error, with the request's id")]
    static async Task Missing_subscription_is_an_error(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        Expect.Error(await client.ReplyAsync(Messages.Message("/meta/subscribe", client.Id)));
    }

    [Case(31, "Subscribe and unsubscribe with an unknown client id are errors")]
    static async Task Unknown_session_cannot_subscribe(CaseContext c)
    {
        var client = await c.StrangerAsync();
        Expect.Error(await client.SubscribeAsync(c.Channel("a")));
        Expect.Error(await client.UnsubscribeAsync(c.Channel("a")));
    }

    [Case(32, "Subscribing to meta channels is forbidden: 403")]
    static async Task Meta_channels_are_forbidden(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        foreach (var channel in new[] { "/meta/connect", "/meta/*", "/meta/**" })
            Expect.Error(await client.SubscribeAsync(channel), 403);
    }

    [Case(33, "Subscribing to a service channel succeeds and has no effect")]
    static async Task Service_subscription_has_no_effect(CaseContext c)
    {
        var service = $"/service{c.Channel("calc")}";
        var client = await c.SubscribedAsync(c.Channel(BayeuxClient.Marker));
        Expect.Success(await client.SubscribeAsync(service));
        var publisher = await c.ConnectedAsync();

        // Whether somebody serves the channel is the server's affair.
        await publisher.PublishAsync(service, "unwanted");
        Expect.Data(await client.ReceiveUpToMarkerAsync(publisher));
    }

    [Case(34, "A channel with characters that are not allowed is refused in a reply, not by an HTTP error")]
    static async Task Bad_characters_are_refused(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var request = Messages.Subscribe(client.Id, "/bar<script>");
        var exchange = await client.SendAsync(request);
        Expect.That(!exchange.Refused, $"the request as a whole was refused: {exchange}");
        Expect.Error(exchange.ReplyTo(request));
    }

    [Case(36, "Subscribing twice delivers one copy, and one unsubscribe ends it")]
    static async Task Subscribing_twice_is_subscribing_once(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news, c.Channel(BayeuxClient.Marker)), await c.ConnectedAsync());
        Expect.Success(await client.SubscribeAsync(news));
        Expect.Success(await publisher.PublishAsync(news, 1));
        await client.ReceiveAsync(news);
        Expect.Success(await client.UnsubscribeAsync(news));
        Expect.Success(await publisher.PublishAsync(news, 2));
        Expect.Data(await client.ReceiveUpToMarkerAsync(publisher), 1);
    }

    [Case(37, "A client that several of its subscriptions match gets one copy")]
    static async Task Overlapping_subscriptions_deliver_one_copy(CaseContext c)
    {
        var (client, publisher) = (await c.SubscribedAsync(c.Channel("a"), c.Channel("*"), c.Channel("**")), await c.ConnectedAsync());
        Expect.Success(await publisher.PublishAsync(c.Channel("a"), 1));
        Expect.Data(await client.ReceiveUpToMarkerAsync(publisher), 1);
    }

    [Case(38, "A star matches one more segment, two stars match one or more, neither matches the parent")]
    static async Task Wildcards_match_below(CaseContext c)
    {
        var publisher = await c.ConnectedAsync();
        var one = await c.SubscribedAsync(c.Channel("x/*"), c.Channel(BayeuxClient.Marker));
        var any = await c.SubscribedAsync(c.Channel("x/**"), c.Channel(BayeuxClient.Marker));
        foreach (var path in new[] { "x", "x/b", "x/b/c", "x/b/c/d" })
            Expect.Success(await publisher.PublishAsync(c.Channel(path), path));
        Expect.Data(await one.ReceiveUpToMarkerAsync(publisher), "x/b");
        Expect.Data(Sorted(await any.ReceiveUpToMarkerAsync(publisher)), "x/b", "x/b/c", "x/b/c/d");
    }

    [Case(39, "Wildcards anywhere but in the last segment, and empty segments, are refused")]
    static async Task Misplaced_wildcards_are_refused(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        foreach (var channel in new[] { c.Channel("*/b"), c.Channel("**/*"), c.Channel("*/*"), "/", "//" })
            Expect.Error(await client.SubscribeAsync(channel));
    }

    [Case(40, "After the reply to an unsubscribe nothing more comes from the channel")]
    static async Task Unsubscribe_ends_delivery(CaseContext c)
    {
        var news = c.Channel("news");
        var client = await c.SubscribedAsync(news, c.Channel(BayeuxClient.Marker));
        Expect.Success(await client.UnsubscribeAsync(news));
        await NothingReachesAsync(c, client, news);
    }

    [Case(41, "Unsubscribing what was never subscribed succeeds")]
    static async Task Unsubscribe_of_nothing_succeeds(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        Expect.Success(await client.UnsubscribeAsync(c.Channel("never")));
    }

    static async Task NothingReachesAsync(CaseContext c, BayeuxClient client, string channel)
    {
        var publisher = await c.ConnectedAsync();
        Expect.Success(await publisher.PublishAsync(channel, "unwanted"));
        Expect.Data(await client.ReceiveUpToMarkerAsync(publisher));
    }

    static JsonObject Unsubscription(JsonObject subscribe)
    {
        var request = Messages.Message("/meta/unsubscribe", (string)subscribe["clientId"]!);
        request["subscription"] = subscribe["subscription"]!.DeepClone();
        return request;
    }

    static IEnumerable<JsonObject> Sorted(IEnumerable<JsonObject> deliveries) => deliveries.OrderBy(message => (string?)message["channel"], StringComparer.Ordinal);
}
