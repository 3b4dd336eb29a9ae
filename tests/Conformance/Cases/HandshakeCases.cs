using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Cases;

/// <summary>How a session begins.</summary>
static partial class HandshakeCases
{
    [Case(1, "A handshake reply names the session, version 1.0, the transport, the request's id and full advice")]
    static async Task Names_all_a_client_needs(CaseContext c)
    {
        var client = await c.ClientAsync();
        var reply = await client.HandshakeAsync();
        Expect.Same("/meta/handshake", reply["channel"], "channel");
        Expect.Same("1.0", reply["version"], "version");
        Expect.FullAdvice(reply);
        var types = reply["supportedConnectionTypes"] as JsonArray ?? [];
        Expect.That(types.Any(type => (string?)type == c.Transport.Name()), $"the transport is not offered: {reply.ToJsonString()}");
    }

    [Case(2, "Client ids are letters and digits, never repeat, and are long enough for 128 random bits", On.LongPolling | On.WebSocket)]
    static async Task Ids_are_unique_and_long(CaseContext c)
    {
        var ids = new HashSet<string>();
        var client = await c.ClientAsync();
        for (var i = 0; i < 300; i++)
        {
            await client.HandshakeAsync();
            Expect.That(ids.Add(client.Id), $"{client.Id} was given twice");
            Expect.That(LettersAndDigits().IsMatch(client.Id), $"{client.Id} has other characters");
            Expect.That(client.Id.Length >= 22, $"{client.Id} is shorter than 22 characters");
        }
    }

    [Case(3, "A handshake with no connection type in common fails, with an error of 300 or 400, no clientId and no advice to retry")]
    static async Task No_common_type_is_refused(CaseContext c)
    {
        var client = await c.ClientAsync();
        var handshake = Messages.Handshake(c.Transport);
        handshake["supportedConnectionTypes"] = new JsonArray("carrier-pigeon");
        await RefusedAsync(client, handshake);
    }

    [Case(4, "A handshake without version or without connection types fails")]
    static async Task Missing_fields_are_refused(CaseContext c)
    {
        var client = await c.ClientAsync();
        foreach (var field in new[] { "version", "supportedConnectionTypes" })
        {
            var handshake = Messages.Handshake(c.Transport);
            handshake.Remove(field);
            await RefusedAsync(client, handshake);
        }
    }

    [Case(7, "A handshake beside other messages leaves no session behind and the others are not executed")]
    static async Task Handshake_stands_alone(CaseContext c)
    {
        var (news, client) = (c.Channel("news"), await c.ClientAsync());
        var observer = await c.SubscribedAsync(news, c.Channel(BayeuxClient.Marker));
        var refused = await client.SendAsync(Messages.Handshake(c.Transport), Messages.Publish(observer.Id, news, "sneaked in"));
        Expect.Data(await observer.ReceiveUpToMarkerAsync(await c.ConnectedAsync()));

        var id = (string?)refused.Replies.FirstOrDefault(reply => reply.ContainsKey("clientId") && (string?)reply["channel"] == "/meta/handshake")?["clientId"];
        if (id is null)
            return;
        client.Id = id;
        Expect.Error(await (await c.ResumedAsync(client)).ConnectAsync(timeout: 0));
    }

    [Case(8, "A second handshake gives another client id, and the first stays valid")]
    static async Task Second_handshake_is_a_second_session(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var first = client.Id;
        await client.HandshakeAsync();
        Expect.That(client.Id != first, "both handshakes gave the same id");

        client.Id = first;
        var again = await c.ResumedAsync(client);
        Expect.Success(await again.ConnectAsync(timeout: 0));
    }

    [Case(9, "The response to a handshake holds its reply and no messages, and does not promise any")]
    static async Task Nothing_rides_with_the_handshake(CaseContext c)
    {
        var client = await c.ClientAsync();
        var exchange = await client.SendAsync(Messages.Handshake(c.Transport));
        Expect.That(exchange.Messages.Count == 1, $"one message was expected: {exchange}");
        Expect.That(!exchange.Messages[0].ContainsKey("x-messages"), $"x-messages was not expected: {exchange}");
    }

    static async Task RefusedAsync(BayeuxClient client, JsonObject handshake)
    {
        var reply = Expect.Error(await client.ReplyAsync(handshake));
        Expect.That(!reply.ContainsKey("clientId"), $"a failed handshake gives no clientId: {reply.ToJsonString()}");
        Expect.That((string?)reply["advice"]?["reconnect"] is "none" or "handshake", $"advice should be none or handshake: {reply.ToJsonString()}");
        Expect.That(((string)reply["error"]!)[0] is '3' or '4', $"the error should be one of 300 or 400: {reply.ToJsonString()}");
    }

    [GeneratedRegex("^[A-Za-z0-9]+$")]
    private static partial Regex LettersAndDigits();
}
