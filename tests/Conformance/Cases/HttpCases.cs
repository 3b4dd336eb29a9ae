using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tidings.Conformance.Catalog;
using Tidings.Conformance.Client;
using Tidings.Conformance.Wire;

namespace Tidings.Conformance.Cases;

/// <summary>Bayeux in HTTP requests: bodies, types, addresses.</summary>
static class HttpCases
{
    [Case(46, "A body in another charset is read by its charset", On.LongPolling, Part = "a")]
    static async Task Charset_is_honoured(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        var json = new JsonArray(Messages.Publish(publisher.Id, news, "?")).ToJsonString();
        var body = Encoding.Latin1.GetBytes(json.Replace("\"?\"", "\"\u00e1\"", StringComparison.Ordinal));
        var exchange = await PostAsync(c, body, "application/json;charset=ISO-8859-7");
        Expect.That(exchange.Replies.Any(Expect.IsSuccess), $"the publish failed: {exchange}");
        Expect.Data(await client.ReceiveAsync(news), "\u03b1");
    }

    [Case(47, "A JSON body without a content type is read as JSON in UTF-8", On.LongPolling)]
    static async Task Content_type_may_be_missing(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news), await c.ConnectedAsync());
        var json = new JsonArray(Messages.Publish(publisher.Id, news, "?")).ToJsonString().Replace("\"?\"", "\"\u03b1\"", StringComparison.Ordinal);
        var exchange = await PostAsync(c, Encoding.UTF8.GetBytes(json), contentType: null);
        Expect.That(exchange.Replies.Any(Expect.IsSuccess), $"the publish failed: {exchange}");
        Expect.Data(await client.ReceiveAsync(news), "\u03b1");
    }

    [Case(73, "Malformed JSON is HTTP 400 and harms no session", On.Http)]
    static async Task Malformed_json_is_a_bad_request(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var wire = (HttpWire)client.Wire;
        foreach (var text in new[] { "[{", "[{\"channel\":\"/meta/connect\"", "{]", "hello" })
        {
            using var request = wire.Request(text);
            Expect.Status(400, await wire.SendAsync(request, c.Cancellation));
        }

        Expect.Success(await client.ConnectAsync(timeout: 0));
    }

    [Case(73, "A single message needs no array around it; the answer is an array all the same", On.Http, Part = "a")]
    static async Task Bare_object_is_accepted(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var wire = (HttpWire)client.Wire;
        var connect = client.ConnectMessage(timeout: 0);
        using var request = wire.Request(connect.ToJsonString());
        Expect.Success((await wire.SendAsync(request, c.Cancellation)).ReplyTo(connect));
    }

    [Case(74, "Messages come in a form field as well, with the form's content type or as plain text", On.LongPolling)]
    static async Task Forms_are_read(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        foreach (var type in new[] { "application/x-www-form-urlencoded", "text/plain" })
        {
            var connect = client.ConnectMessage(timeout: 0);
            var form = "message=" + Uri.EscapeDataString(new JsonArray(connect.DeepClone()).ToJsonString());
            Expect.Success((await PostAsync(c, Encoding.ASCII.GetBytes(form), type)).ReplyTo(connect));
        }
    }

    [Case(74, "JSON that is neither object nor array, and an empty body, are HTTP 400", On.LongPolling, Part = "a")]
    static async Task Primitives_are_bad_requests(CaseContext c)
    {
        foreach (var body in new[] { "5", "\"text\"", "true", "" })
            Expect.Status(400, await PostAsync(c, Encoding.ASCII.GetBytes(body), "application/json"));
    }

    [Case(74, "The JSON null is HTTP 400", On.LongPolling, Part = "b")]
    static async Task Null_is_a_bad_request(CaseContext c) =>
        Expect.Status(400, await PostAsync(c, "null"u8.ToArray(), "application/json"));

    [Case(75, "A request over the size limit is refused, and what it published is not delivered", Needs = Needs.SizeLimit, On = On.LongPolling | On.WebSocket)]
    static async Task Huge_requests_are_refused(CaseContext c)
    {
        var news = c.Channel("news");
        var (client, publisher) = (await c.SubscribedAsync(news, c.Channel(BayeuxClient.Marker)), await c.ConnectedAsync());
        var huge = Messages.Publish(publisher.Id, news, new string('x', c.Target.MaxMessageBytes!.Value));
        var exchange = await publisher.SendAsync(huge);
        Expect.That(exchange.Refused || !Expect.IsSuccess(exchange.ReplyTo(huge)), $"the publish was accepted: {exchange.Status}");
        if (c.Transport == Transport.LongPolling)
            Expect.Status(413, exchange);
        Expect.Data(await client.ReceiveUpToMarkerAsync(await c.ConnectedAsync()));
    }

    [Case(78, "A preflight from an allowed origin is granted, with credentials and the headers clients send", On.LongPolling, Needs = Needs.Origin)]
    static async Task Allowed_origin_is_granted(CaseContext c)
    {
        var origin = c.Target.AllowedOrigin!;
        using var response = await PreflightAsync(c, origin);
        Expect.That(response.IsSuccessStatusCode, $"the preflight is answered {(int)response.StatusCode}");
        Expect.Same(origin, Header(response, "Access-Control-Allow-Origin"), "Access-Control-Allow-Origin");
        Expect.Same("true", Header(response, "Access-Control-Allow-Credentials"), "Access-Control-Allow-Credentials");
        foreach (var name in new[] { "Pragma", "X-Requested-With", "Content-Type", "Authorization" })
            Expect.That(Header(response, "Access-Control-Allow-Headers").Contains(name, StringComparison.OrdinalIgnoreCase), $"{name} is not allowed");
        Expect.That(Header(response, "Access-Control-Allow-Methods").Contains("POST", StringComparison.Ordinal), "POST is not allowed");
    }

    [Case(78, "A preflight from any other origin is not granted", On.LongPolling, Part = "a", Needs = Needs.Origin)]
    static async Task Other_origins_are_not_granted(CaseContext c)
    {
        using var response = await PreflightAsync(c, "http://elsewhere.example");
        Expect.Same("", Header(response, "Access-Control-Allow-Origin"), "Access-Control-Allow-Origin");
    }

    [Case(79, "The endpoint answers at its address, with a trailing slash, and with the meta channel's name appended", On.LongPolling)]
    static async Task Suffixed_addresses_work(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        foreach (var suffix in new[] { "", "/", "/handshake", "/connect", "/disconnect" })
        {
            var connect = client.ConnectMessage(timeout: 0);
            var body = Encoding.UTF8.GetBytes(new JsonArray(connect.DeepClone()).ToJsonString());
            Expect.Success((await PostAsync(c, body, "application/json", suffix)).ReplyTo(connect));
        }
    }

    [Case(80, "Responses are application/json in UTF-8", On.LongPolling)]
    static async Task Responses_are_json(CaseContext c)
    {
        var client = await c.ConnectedAsync();
        var type = MediaTypeHeaderValue.Parse((await client.SendAsync(client.ConnectMessage(timeout: 0))).ContentType);
        Expect.Same("application/json", type.MediaType, "the content type");
        Expect.Same("utf-8", type.CharSet?.ToLowerInvariant(), "the charset");
    }

    [Case(80, "An empty array is HTTP 400 and never answered with an empty array", On.Http, Part = "a")]
    static async Task Empty_array_is_a_bad_request(CaseContext c)
    {
        var wire = (HttpWire)await c.WireAsync();
        using var request = wire.Request("[]");
        Expect.Status(400, await wire.SendAsync(request, c.Cancellation));
    }

    [Case(80, "A method no transport uses is HTTP 405", On.LongPolling, Part = "b")]
    static async Task Other_methods_are_not_allowed(CaseContext c)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, c.Target.Endpoint) { Content = new StringContent("[]") };
        Expect.Status(405, await c.Http().SendAsync(request, c.Cancellation));
    }

    static async Task<Exchange> PostAsync(CaseContext c, byte[] body, string? contentType, string suffix = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(c.Target.Endpoint + suffix)) { Content = new ByteArrayContent(body) };
        if (contentType is not null)
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await c.Http().SendAsync(request, c.Cancellation);
    }

    static async Task<HttpResponseMessage> PreflightAsync(CaseContext c, string origin)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Options, c.Target.Endpoint);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type,pragma,x-requested-with,authorization");
        return await http.SendAsync(request, c.Cancellation);
    }

    static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
