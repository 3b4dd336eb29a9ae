using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Cases;

/// <summary>What an application's own code in the server does: policies, services, extensions. The README says what the application must offer.</summary>
static class ServerCodeCases
{
    [Case(5, "A handshake the policy denies is 403 with the advice not to reconnect, in a response that is itself no error", Profile = Profile.Echo)]
    static async Task Denied_handshake_is_told(CaseContext c)
    {
        var (client, request) = (await c.ClientAsync(), Messages.Handshake(c.Transport, new JsonObject { ["deny"] = true }));
        var exchange = await client.SendAsync(request);
        Expect.That(!exchange.Refused, $"the request as a whole was refused: {exchange}");
        var reply = Expect.Error(exchange.ReplyTo(request), 403);
        Expect.Advice(reply, "reconnect", "none");
        Expect.That(!reply.ContainsKey("clientId"), $"a denied handshake gives no clientId: {reply.ToJsonString()}");
    }

    [Case(6, "A policy may put its own advice and ext into the denial", Profile = Profile.Echo)]
    static async Task Denial_carries_the_policys_words(CaseContext c)
    {
        var advice = new JsonObject { ["reconnect"] = "handshake", ["interval"] = 1000 };
        var deny = new JsonObject { ["advice"] = advice, ["ext"] = new JsonObject { ["reason"] = "maintenance" } };
        var reply = Expect.Error(await (await c.ClientAsync()).ReplyAsync(Messages.Handshake(c.Transport, new JsonObject { ["deny"] = deny })), 403);
        Expect.Advice(reply, "reconnect", "handshake");
        Expect.Advice(reply, "interval", 1000);
        Expect.Same("maintenance", reply["ext"]?["reason"], "ext.reason");
    }

    [Case(42, "A denied subscription is an error in the reply and delivers nothing", Profile = Profile.Echo)]
    static async Task Denied_subscription_does_not_count(CaseContext c)
    {
        var (client, publisher) = (await c.SubscribedAsync(c.Channel(BayeuxClient.Marker)), await c.ConnectedAsync());
        var (denied, allowed) = (c.Under("/denied"), c.Channel("allowed"));
        Expect.Error(await client.SubscribeAsync(denied), 403);
        Expect.Error(await client.SubscribeAsync(allowed, denied), 403);
        Expect.Success(await publisher.PublishAsync(allowed, 1));
        Expect.Data(await client.ReceiveUpToMarkerAsync(publisher));
    }

    [Case(55, "A service message reaches server code only, and the answer comes to the caller with the request's id", Profile = Profile.Echo)]
    static async Task Service_answers_the_caller(CaseContext c)
    {
        const string echo = "/service/echo";
        var bystander = await c.SubscribedAsync(c.Channel(BayeuxClient.Marker));
        Expect.Success(await bystander.SubscribeAsync(echo));
        var client = await c.ConnectedAsync();
        var request = Messages.Publish(client.Id, echo, new JsonObject { ["x"] = 1 });
        Expect.Success(await client.ReplyAsync(request));
        var answer = (await client.ReceiveAsync(echo)).First(message => (string?)message["channel"] == echo);
        Expect.Same(request["id"], answer["id"], "the answer's id");
        Expect.Same(new JsonObject { ["x"] = 1 }, answer["data"], "the answer's data");
        Expect.Data(await bystander.ReceiveUpToMarkerAsync(client));
    }

    [Case(60, "A publish the policy denies is 403:reason:publish_denied and not delivered", Profile = Profile.Echo)]
    static async Task Denied_publish_is_told(CaseContext c)
    {
        var (client, publisher) = (await c.SubscribedAsync("/**"), await c.ConnectedAsync());
        var denied = c.Under("/denied");
        var reply = Expect.Error(await publisher.PublishAsync(denied, 1), 403);
        Expect.That(((string)reply["error"]!).EndsWith(":publish_denied", StringComparison.Ordinal), $"publish_denied was expected: {reply.ToJsonString()}");
        var received = await client.ReceiveUpToMarkerAsync(publisher);
        Expect.Data(received.Where(message => (string?)message["channel"] == denied));
    }

    [Case(71, "A client that server code disconnects gets a disconnect message, and its connect the advice not to reconnect", Profile = Profile.Echo)]
    static async Task Kicked_client_is_told(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var held = await c.HeldAsync(client);
        var kick = client.SendAsync(Messages.Publish(client.Id, "/service/kick", new JsonObject()));
        var exchange = await c.WithinAsync(c.Prompt, held, "the end of the held connect");
        Expect.Advice(exchange.Replies.FirstOrDefault() ?? throw new ConformanceException($"the connect has no reply: {exchange}"), "reconnect", "none");
        await c.WithinAsync(c.Prompt, kick, "the acknowledgement of the kick");
        await c.WithinAsync(c.Prompt, client.ArrivesAsync("/meta/disconnect"), "the disconnect message");
    }

    [Case(98, "Extensions see a message on its way in, then the service, then the extensions on its way out", Profile = Profile.Echo)]
    static async Task Extensions_run_in_order(CaseContext c)
    {
        var answer = await CallAsync(c, new JsonObject { ["trace"] = new JsonArray() });
        Expect.Same(new JsonArray("first in", "second in", "service", "second out", "first out"), answer["ext"]?["trace"], "ext.trace");
    }

    [Case(98, "An extension that throws does not stop the message", Profile = Profile.Echo, Part = "a")]
    static async Task Throwing_extension_is_survived(CaseContext c) =>
        Expect.Same("hello", (await CallAsync(c, new JsonObject { ["throw"] = true }))["data"], "the answer's data");

    static async Task<JsonObject> CallAsync(CaseContext c, JsonObject ext)
    {
        const string echo = "/service/echo";
        var client = await c.ConnectedAsync();
        Expect.Success(await client.ReplyAsync(Messages.Publish(client.Id, echo, "hello", ext)));
        return (await client.ReceiveAsync(echo)).First(message => (string?)message["channel"] == echo);
    }
}
