using System.Text;

namespace Tidings.Conformance.Wire;

/// <summary>long-polling: JSON in the body of a POST, JSON in the response.</summary>
sealed class LongPollingWire(Uri endpoint) : HttpWire(endpoint)
{
    public override Transport Transport => Transport.LongPolling;

    public override HttpRequestMessage Request(string json) =>
        new(HttpMethod.Post, Endpoint) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    protected override string Unwrap(string body) => body;
}
