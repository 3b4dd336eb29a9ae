using System.Net;
using System.Text;

namespace Tidings.Conformance.Wire;

/// <summary>long-polling: JSON in the body of a POST, JSON in the response; over HTTP/1.1 unless another version is given.</summary>
sealed class LongPollingWire(Uri endpoint, CookieContainer? cookies = null, Version? version = null) : HttpWire(endpoint, cookies)
{
    public override Transport Transport => Transport.LongPolling;

    public override HttpRequestMessage Request(string json) => new(HttpMethod.Post, Endpoint)
    {
        Content = new StringContent(json, Encoding.UTF8, "application/json"),
        Version = version ?? HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    protected override string Unwrap(string body) => body;
}
