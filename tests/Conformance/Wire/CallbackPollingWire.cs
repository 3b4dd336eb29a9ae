using System.Net;

namespace Tidings.Conformance.Wire;

/// <summary>callback-polling: JSON in the query of a GET, a script that calls a function with the JSON in the response.</summary>
sealed class CallbackPollingWire(Uri endpoint, CookieContainer? cookies = null) : HttpWire(endpoint, cookies)
{
    const string Callback = "_cometd_jsonp_1";

    public override Transport Transport => Transport.CallbackPolling;

    public override HttpRequestMessage Request(string json) => Request(json, Callback);

    /// <summary>A request with a callback name of its own; null leaves the parameter out.</summary>
    public HttpRequestMessage Request(string json, string? callback)
    {
        var name = callback is null ? "" : $"jsonp={Uri.EscapeDataString(callback)}&";
        return new(HttpMethod.Get, new Uri($"{Endpoint}?{name}message={Uri.EscapeDataString(json)}"));
    }

    protected override string Unwrap(string body)
    {
        var (start, end) = (body.IndexOf('('), body.LastIndexOf(')'));
        return start >= 0 && end > start ? body[(start + 1)..end] : "";
    }
}
