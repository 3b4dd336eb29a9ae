using System.Text.Json.Nodes;

namespace Tidings.Conformance.Wire;

/// <summary>Carries Bayeux messages over one transport, without understanding them.</summary>
interface IBayeuxWire : IAsyncDisposable
{
    /// <summary>The transport.</summary>
    Transport Transport { get; }

    /// <summary>What was delivered on this wire.</summary>
    Inbox Inbox { get; }

    /// <summary>Sends one request of one or more messages, each with an id, and waits for all that answers it.</summary>
    Task<Exchange> ExchangeAsync(JsonArray messages, CancellationToken cancellation);
}
