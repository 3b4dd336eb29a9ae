using Tidings.Protocols.Bayeux;

namespace Tidings;

/// <summary>
/// Sees and changes Bayeux messages on their way in and out (Bayeux specification, "Extensions"). Registered through dependency
/// injection; incoming messages pass extensions in the order of registration, outgoing ones in the reverse order. An extension that
/// throws is logged and passed over.
/// </summary>
public interface IBayeuxExtension
{
    /// <summary>A message from a client, before it is carried out.</summary>
    /// <returns>False to stop it: the client gets <c>404::message_deleted</c>.</returns>
    ValueTask<bool> IncomingAsync(BayeuxExchange exchange, BayeuxMessage message) => ValueTask.FromResult(true);

    /// <summary>A reply, before it is sent.</summary>
    /// <param name="exchange">The exchange it belongs to.</param>
    /// <param name="request">What it answers.</param>
    /// <param name="reply">The reply, to be changed at will.</param>
    ValueTask OutgoingAsync(BayeuxExchange exchange, BayeuxMessage request, BayeuxMessage reply) => ValueTask.CompletedTask;
}

/// <summary>The circumstances of a Bayeux message.</summary>
public sealed class BayeuxExchange
{
    private string? _moved;
    private List<DirectMessage>? _directs;

    /// <summary>The caller's tenant.</summary>
    public required string Tenant
    {
        get => _moved ?? field;
        init;
    }

    /// <summary>The transport: <c>long-polling</c>, <c>callback-polling</c> or <c>websocket</c>.</summary>
    public required string Transport { get; init; }

    /// <summary>The request that carries the message, or the upgrade of its socket.</summary>
    public required HttpContext HttpContext { get; init; }

    /// <summary>When the message arrived, in milliseconds since 1970 UTC.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>The public id of the session; null before a handshake succeeded.</summary>
    public string? SessionId { get; internal set; }

    /// <summary>The message says which tenant it is of.</summary>
    internal void MoveTo(string? tenant) => _moved = tenant ?? _moved;

    /// <summary>Queues messages that go to the session of a handshake under way.</summary>
    internal IReadOnlyList<DirectMessage> Directs => _directs ?? [];

    /// <summary>In the reply of a successful handshake: queues a message for the new session.</summary>
    /// <param name="channel">The channel it is delivered on.</param>
    /// <param name="data">Its data, JSON.</param>
    public void Deliver(string channel, ReadOnlyMemory<byte> data) =>
        (_directs ??= []).Add(new DirectMessage { Channel = channel, Body = data.ToArray() });
}
