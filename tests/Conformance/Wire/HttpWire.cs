using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tidings.Conformance.Wire;

/// <summary>What the two HTTP transports share: one client with its own cookies and connections.</summary>
abstract class HttpWire(Uri endpoint, CookieContainer? cookies) : IBayeuxWire
{
    readonly HttpClient _http = NewClient(cookies ??= new CookieContainer());

    public abstract Transport Transport { get; }

    /// <summary>The cookies the server set and is sent.</summary>
    public CookieContainer Cookies { get; } = cookies;

    public Inbox Inbox { get; } = new();

    protected Uri Endpoint { get; } = endpoint;

    public async Task<Exchange> ExchangeAsync(JsonArray messages, CancellationToken cancellation)
    {
        using var request = Request(messages.ToJsonString());
        var exchange = await SendAsync(request, cancellation);
        Inbox.Add(exchange.Messages);
        return exchange;
    }

    /// <summary>Sends any HTTP request on this wire's connections and reads the response whole.</summary>
    public async Task<Exchange> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var response = await _http.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsStringAsync(cancellation);
        return new Exchange
        {
            Status = response.StatusCode,
            ContentType = response.Content.Headers.ContentType?.ToString() ?? "",
            SetCookies = response.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : [],
            Body = body,
            Messages = response.IsSuccessStatusCode ? Parse(Unwrap(body)) : [],
        };
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The request of this transport that carries the JSON text.</summary>
    public abstract HttpRequestMessage Request(string json);

    /// <summary>The JSON text in a response body.</summary>
    protected abstract string Unwrap(string body);

    static HttpClient NewClient(CookieContainer cookies) =>
        new(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

    static List<JsonObject> Parse(string json)
    {
        try
        {
            return [.. (JsonNode.Parse(json) as JsonArray ?? []).OfType<JsonObject>()];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
