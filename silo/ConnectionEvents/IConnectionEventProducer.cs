using Tidings.Protocols.Hono;

namespace Tidings.Silo.ConnectionEvents;

/// <summary>
/// Brings connection events somewhere: to a log, a channel, a bus. Registered as a singleton of the process that has the silo, and used where
/// <see cref="ConnectionEventOptions.Producer"/> names it. A sample, for any bus with keys:
/// <code>
/// sealed class KafkaEvents(IProducer&lt;string, byte[]&gt; kafka) : IConnectionEventProducer
/// {
///     public string Name => "kafka";
///
///     public Task ProduceAsync(SessionEvent happened, CancellationToken cancellationToken) => happened.ToHono() is { } message
///         ? kafka.ProduceAsync($"hono.event.{happened.Tenant}", new() { Key = message.Device, Value = message.Body.ToArray() }, cancellationToken)
///         : Task.CompletedTask;
/// }
///
/// builder.Services.AddSingleton&lt;IConnectionEventProducer, KafkaEvents&gt;();
/// </code>
/// </summary>
public interface IConnectionEventProducer
{
    /// <summary>What selects it; case does not matter. Several producers of one name are all used.</summary>
    string Name { get; }

    /// <summary>
    /// Brings an event there; completes when it has arrived. Of a tenant, called with one event at a time, in the order in which they happened
    /// here; of several tenants, at once. What throws is tried again for <see cref="ConnectionEventOptions.Patience"/>; only later events of its
    /// tenant wait meanwhile.
    /// </summary>
    Task ProduceAsync(SessionEvent happened, CancellationToken cancellationToken);
}

/// <summary>A session opened or ended.</summary>
public sealed record SessionEvent
{
    /// <summary>The session's tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>The authenticated user; null for an anonymous client.</summary>
    public required string? Device { get; init; }

    /// <summary>The public id of the session.</summary>
    public required string Session { get; init; }

    /// <summary>
    /// The session's number among those of its user: a consumer that has seen a higher one discards what comes late of this one. 0 for an
    /// anonymous client.
    /// </summary>
    public required long Number { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The event as it goes to consumers.</summary>
    public required ConnectionEvent Event { get; init; }

    /// <summary>What its tenant adds to it.</summary>
    public HonoTenantDefaults? Defaults { get; init; }

    /// <summary>
    /// The event as Hono's Event API has it, with one id however often it is sent; null for an anonymous client, of whom there is none.
    /// </summary>
    public HonoEventMessage? ToHono() => Device is null
        ? null
        : HonoEventMessage.Of(Event, Tenant, Device, Number, Time, Defaults) with { MessageId = $"{Session}-{(Event.Cause == ConnectionCause.Connected ? 1 : 2)}" };
}
