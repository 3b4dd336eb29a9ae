using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;

namespace Tidings.Conformance.Cases;

/// <summary>What the server's switches change.</summary>
static class SwitchCases
{
    [Case(54, "With broadcast to the publisher off, the publisher gets its acknowledgement only", Profile = Profile.Switches)]
    static async Task Publisher_does_not_hear_itself(CaseContext c)
    {
        var news = c.Channel("news");
        var (publisher, other) = (await c.SubscribedAsync(news, c.Channel(BayeuxClient.Marker)), await c.SubscribedAsync(news));
        Expect.Success(await publisher.PublishAsync(news, 1));
        Expect.Data(await other.ReceiveAsync(news), 1);
        Expect.Data(await publisher.ReceiveUpToMarkerAsync(other));
    }

    [Case(57, "With delivery by connect only, a socket too gets messages with connects alone", On.WebSocket, Part = "a", Profile = Profile.Switches)]
    static async Task Socket_gets_messages_with_connects(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        Expect.Success(await publisher.PublishAsync(news, 1));
        await c.PassAsync(c.Target.Hold / 4);
        Expect.Success(await client.SubscribeAsync(c.Channel("other")));
        Expect.Data(client.Deliveries);
        await c.WithinAsync(c.Prompt, client.HoldAsync(), "the connect that brings the message");
        Expect.Data(await client.ReceiveAsync(news), 1);
    }

    [Case(69, "A session whose queue is full gets the messages it could not hold from the log: all of them, once, in order", Profile = Profile.Switches, Needs = Needs.QueueLimit)]
    static async Task Full_queue_loses_nothing(CaseContext c)
    {
        const int count = 100;
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        for (var i = 0; i < count; i++)
            Expect.Success(await publisher.PublishAsync(news, i));
        var received = await client.ReceiveAsync(all => all.Count >= count, $"{count} messages");
        Expect.Data(received, [.. Enumerable.Range(0, count).Select(i => (JsonNode)i)]);
    }

    [Case(84, "When each connection needs its own handshake, a connect on a new socket is 402 with the advice to handshake", On.WebSocket, Profile = Profile.Switches)]
    static async Task Each_socket_needs_its_handshake(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        Expect.UnknownSession(await (await c.ResumedAsync(client)).ConnectAsync(timeout: 0));
    }
}
