using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Cases;

/// <summary>callback-polling: a script of ours in a page of theirs, so names and characters matter.</summary>
static class CallbackCases
{
    [Case(35, "An id with markup fails or is repeated as text, and in a script its angle bracket is escaped")]
    static async Task Markup_in_an_id_is_text(CaseContext c)
    {
        const string id = "<script>alert();</script>";
        var client = await c.ConnectedAsync();
        var connect = client.ConnectMessage(timeout: 0);
        connect["id"] = id;
        var exchange = await client.SendAsync(connect);
        Expect.That(exchange.Refused || exchange.Replies.Any(), $"the connect has no reply: {exchange}");
        Expect.That(exchange.Refused || exchange.Replies.All(reply => !Expect.IsSuccess(reply) || (string?)reply["id"] == id), $"the id is garbled: {exchange}");
        if (c.Transport == Transport.CallbackPolling)
            Expect.That(!exchange.Body.Contains("<script>", StringComparison.Ordinal), $"the id stands unescaped in the script: {exchange}");
    }

    [Case(76, "The response calls the named function, is JavaScript, and escapes the line separators of JavaScript", On.CallbackPolling)]
    static async Task Response_is_a_safe_script(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        Expect.Success(await publisher.PublishAsync(news, "a\u2028b\u2029c"));
        var exchange = await client.SendAsync(client.ConnectMessage());
        Expect.Data(exchange.Deliveries, "a\u2028b\u2029c");
        Expect.That(exchange.ContentType.Contains("javascript", StringComparison.Ordinal), $"the content type is {exchange.ContentType}");
        Expect.That(exchange.Body.Contains("_cometd_jsonp_1([", StringComparison.Ordinal), $"the function is not called: {exchange}");
        Expect.That(!exchange.Body.Contains('\u2028') && !exchange.Body.Contains('\u2029'), "a line separator stands unescaped");
    }

    [Case(76, "A function name with a space, line break, colon, bracket or markup is HTTP 400", On.CallbackPolling, Part = "a")]
    static async Task Bad_names_are_refused(CaseContext c)
    {
        foreach (var name in new[] { "a b", "a\r\nb", "a:b", "a(b", "a<b", "a;b" })
            Expect.Status(400, await CallAsync(c, name));
    }

    [Case(76, "A function name of more than 64 characters is HTTP 400", On.CallbackPolling, Part = "b")]
    static async Task Long_names_are_refused(CaseContext c)
    {
        Expect.Status(200, await CallAsync(c, new string('a', 64)));
        Expect.Status(400, await CallAsync(c, new string('a', 65)));
    }

    [Case(77, "Without a name the function is jsonpcallback, and the response is not to be cached", On.CallbackPolling)]
    static async Task Name_has_a_default(CaseContext c)
    {
        var wire = (CallbackPollingWire)await c.WireAsync();
        using var http = new HttpClient();
        using var request = wire.Request(new JsonArray(Messages.Handshake(c.Transport)).ToJsonString(), callback: null);
        using var response = await http.SendAsync(request, c.Cancellation);
        var body = await response.Content.ReadAsStringAsync(c.Cancellation);
        Expect.That(body.Contains("jsonpcallback([", StringComparison.Ordinal), $"the function is not called: {body}");
        Expect.That(response.Headers.CacheControl?.NoCache == true, $"Cache-Control is {response.Headers.CacheControl}");
    }

    static async Task<Exchange> CallAsync(CaseContext c, string callback)
    {
        var wire = (CallbackPollingWire)await c.WireAsync();
        using var request = wire.Request(new JsonArray(Messages.Handshake(c.Transport)).ToJsonString(), callback);
        return await wire.SendAsync(request, c.Cancellation);
    }
}
