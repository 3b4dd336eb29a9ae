namespace Tidings;

/// <summary>
/// Server code behind a service channel (<c>/service/…</c>), whose messages no client gets. Registered through dependency injection.
/// A message of a channel with no handler is acknowledged and goes nowhere, as in CometD.
/// </summary>
public interface IServiceHandler
{
    /// <summary>The service channel, such as <c>/service/echo</c>, or a pattern such as <c>/service/orders/**</c>.</summary>
    string Channel { get; }

    /// <summary>Handles one message. Exceptions are logged and answered with <c>500::service_failed</c>.</summary>
    Task HandleAsync(ServiceCall call, CancellationToken cancellationToken);
}

/// <summary>A message on a service channel.</summary>
public sealed class ServiceCall
{
    internal ServiceCall(Func<DirectMessage, Task> deliver, Func<Task> disconnect)
    {
        _deliver = deliver;
        _disconnect = disconnect;
    }

    private readonly Func<DirectMessage, Task> _deliver;
    private readonly Func<Task> _disconnect;

    /// <summary>The caller's tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>The public id of the caller's session.</summary>
    public required string SessionId { get; init; }

    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The data, JSON; valid until the handler's task completes.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The message's id, JSON; empty if it has none.</summary>
    public required ReadOnlyMemory<byte> Id { get; init; }

    /// <summary>The message's <c>ext</c>, a JSON object as extensions left it; empty if it has none.</summary>
    public ReadOnlyMemory<byte> Ext { get; init; }

    /// <summary>
    /// Answers the call: delivers data on the same channel with the call's id, which is what CometD's remote calls wait for.
    /// </summary>
    /// <param name="data">The result or the failure, JSON.</param>
    /// <param name="successful">Whether the call succeeded.</param>
    /// <param name="ext">An <c>ext</c> object for the answer, JSON.</param>
    public Task ReplyAsync(ReadOnlyMemory<byte> data, bool successful = true, ReadOnlyMemory<byte> ext = default) => _deliver(new DirectMessage
    {
        Channel = Channel,
        Body = data.ToArray(),
        CallId = Id.IsEmpty ? null : Id.ToArray(),
        Successful = Id.IsEmpty ? null : successful,
        Ext = ext.IsEmpty ? null : ext.ToArray(),
    });

    /// <summary>Delivers a message to the caller alone, on any channel.</summary>
    public Task DeliverAsync(string channel, ReadOnlyMemory<byte> data) => _deliver(new DirectMessage { Channel = channel, Body = data.ToArray() });

    /// <summary>Ends the caller's session: it is told <c>/meta/disconnect</c> and not to reconnect.</summary>
    public Task DisconnectAsync() => _disconnect();
}
